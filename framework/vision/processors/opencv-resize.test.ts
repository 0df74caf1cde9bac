import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import { resizeLikeOpencv } from './opencv-resize.ts'

const pattern = (width: number, height: number): Pixels => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251),
})

// cv2.resize(…, interpolation=cv2.INTER_LINEAR) of OpenCV 4.10.0 and 5.0.0, which are equal.
type Sides = readonly [width: number, height: number]
const CASES: readonly { what: string; from: Sides; to: Sides; bytes: readonly number[] }[] = [
  {
    what: 'narrower and higher',
    from: [7, 5],
    to: [3, 9],
    bytes: [
      108, 79, 133, 238, 125, 12, 116, 170, 141, 98, 97, 123, 200, 87, 57, 134, 160, 159, 82, 127, 107, 136, 24, 134,
      164, 143, 188, 102, 119, 127, 73, 72, 98, 156, 164, 144, 132, 102, 157, 10, 148, 35, 139, 194, 81, 115, 132, 140,
      86, 85, 111, 169, 130, 157, 107, 152, 132, 134, 49, 159, 180, 95, 205, 137, 135, 162, 71, 125, 96, 116, 171, 142,
      155, 125, 179, 33, 171, 58, 78, 217, 104,
    ],
  },
  {
    what: 'half as large',
    from: [8, 6],
    to: [4, 3],
    bytes: [
      106, 119, 131, 118, 131, 81, 131, 143, 156, 143, 93, 168, 79, 154, 104, 154, 103, 179, 166, 116, 128, 115, 128,
      78, 177, 126, 139, 126, 139, 88, 76, 151, 101, 151, 100, 176,
    ],
  },
  {
    what: 'larger',
    from: [3, 2],
    to: [5, 3],
    bytes: [
      0, 138, 25, 65, 103, 90, 163, 50, 188, 110, 148, 135, 75, 213, 100, 119, 132, 19, 134, 96, 84, 157, 44, 182, 104,
      141, 129, 69, 207, 94, 238, 125, 12, 203, 90, 77, 150, 37, 175, 97, 135, 122, 62, 200, 87,
    ],
  },
]

for (const { what, from, to, bytes } of CASES) {
  test(`a picture that becomes ${what} has OpenCV’s bytes`, () => {
    assert.deepEqual([...resizeLikeOpencv(pattern(...from), ...to).data], bytes)
  })
}
