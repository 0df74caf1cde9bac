/**
 * Places in a text: Florence-2 writes them behind what they belong to, as tokens `<loc_0>` to `<loc_999>` in thousandths
 * of the picture. Parsed as transformers' `Florence2PostProcessor` does it.
 */

import type { Size } from '#vision/task.ts'
import type { Box } from '../boxes.ts'
import type { PlaceKind } from './task-prompts.ts'

/** Something named, and where it is: a box, or the corners of polygons `[x, y, x, y, …]`, in whole pixels of the picture. */
export interface Region {
  readonly label: string
  readonly box?: Box
  readonly polygons?: readonly (readonly number[])[]
}

/**
 * @param text - with its special tokens. @param size - of the picture.
 * @param places - as the task writes them. Boxes are recognised as polygons where the text marks them so.
 */
export function parseRegions(text: string, size: Size, places: Exclude<PlaceKind, null>): Region[] {
  const spoken = text.replace(/<s>|<\/s>|<pad>/g, '')
  if (places === 'polygons' || spoken.includes('<poly>')) return polygonsIn(spoken, size)
  const all = [...spoken.matchAll(/([^<]*)((?:<loc_\d+>){4,})/g)].map(([, label = '', run = '']) => ({
    label: label.trim(),
    run: placesIn(run),
  }))
  const named = places === 'proposals' ? all : all.filter(({ label }) => label)
  return named.flatMap(({ label, run }): Region[] => {
    if (places === 'corners') return run.length < 8 ? [] : [{ label, polygons: [pointsOf(run.slice(0, 8), size)] }]
    return quads(run).map((sides) => ({ label: ascii(label), box: boxOf(sides, size) }))
  })
}

function polygonsIn(text: string, size: Size): Region[] {
  return [...text.matchAll(/([^<]*)((?:<loc_\d+>|<sep>|<poly>|<\/poly>){4,})/g)].flatMap(
    ([, label = '', places = '']) => {
      const parts = places.includes('<poly>')
        ? [...places.matchAll(/<poly>(.*?)<\/poly>/g)].map((part) => part[1] ?? '')
        : [places]
      return parts.flatMap((part): Region[] => {
        const polygons = part
          .split('<sep>')
          .map(placesIn)
          .filter((list) => list.length > 0)
        return polygons.length ? [{ label: label.trim(), polygons: polygons.map((list) => pointsOf(list, size)) }] : []
      })
    },
  )
}

const placesIn = (text: string): number[] => [...text.matchAll(/<loc_(\d+)>/g)].map((match) => Number(match[1]))

/** Four at a time; what is left over is none. */
const quads = (places: readonly number[]): number[][] =>
  Array.from({ length: Math.floor(places.length / 4) }, (_, i) => places.slice(4 * i, 4 * i + 4))

/** The middle of a thousandth, in float32 as there, cut to whole pixels. */
const pixel = (place: number, side: number) => Math.trunc(Math.fround((place + 0.5) * Math.fround(side / 1000)))

function boxOf([left = 0, top = 0, right = 0, bottom = 0]: readonly number[], { width, height }: Size): Box {
  return { xmin: pixel(left, width), ymin: pixel(top, height), xmax: pixel(right, width), ymax: pixel(bottom, height) }
}

/** In pairs; a last one without a partner is none. */
const pointsOf = (places: readonly number[], { width, height }: Size): number[] =>
  places.slice(0, places.length & ~1).map((place, i) => pixel(place, i % 2 ? height : width))

const ascii = (text: string) => [...text].filter((letter) => letter < '\x80').join('')
