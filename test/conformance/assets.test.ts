import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Detection, onnx, openImage, tensor } from '../../framework/vision/index.ts'
import { closeRuntime } from '../../framework/vision/runtime/pool.ts'

// Models and photographs that others made, with the results that plain onnxruntime gives. They are not part of the package.
const assets = new URL('../../../shared/assets/', import.meta.url)
const skip = existsSync(assets) ? false : '../shared/assets is not here'
const model = (name: string) => fileURLToPath(new URL(`models/${name}`, assets))
const image = (name: string) => fileURLToPath(new URL(`images/${name}`, assets))
const lines = (name: string) => readFileSync(model(name), 'utf8').replace(/\n$/, '').split('\n')

const SCORE = 0.02
const PIXELS = 2

after(closeRuntime)

const near = (got: number, wanted: number, tolerance: number, what = 'value') =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${what} is ${got}, not ${wanted} ± ${tolerance}`)

function sameBox({ box }: { box: Detection['box'] }, [xmin, ymin, xmax, ymax]: readonly number[]) {
  const got = [box.xmin, box.ymin, box.xmax, box.ymax]
  for (const [i, wanted] of [xmin, ymin, xmax, ymax].entries())
    near(got[i] as number, wanted as number, PIXELS, `${got}`)
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

test('MobileNetV2 names what is in a photograph', { skip }, async () => {
  await using classify = await onnx(model('mobilenetv2-12-int8.onnx'), {
    picture: { fit: 'cover', ...IMAGENET },
    head: { kind: 'classes', labels: lines('imagenet_synset.txt'), top_k: 1 },
  })
  const wanted = { 'cheetah1.jpg': ['cheetah', 0.984], 'coffee.png': ['espresso', 0.997] } as const
  for (const [name, [label, score]] of Object.entries(wanted)) {
    const [best] = await classify(image(name))
    assert.match(best?.label ?? '', new RegExp(label))
    near(best?.score ?? 0, score, SCORE, label)
  }
})

test('YOLOX finds cats and elephants', { skip }, async () => {
  await using detect = await onnx(model('yolox_nano.onnx'), {
    picture: { fit: 'letterbox', pad: 114, channels: 'bgr', scale: 1 },
    head: { kind: 'yolox', labels: lines('coco80_labels.txt'), threshold: 0.3 },
  })
  const [cats, elephants] = await detect([image('cats_coco_000000039769.png'), image('elephants.jpg')])
  assert.deepEqual(
    cats?.map(({ label }) => label),
    ['cat', 'cat', 'bed'],
  )
  near(cats?.[0]?.score ?? 0, 0.75, SCORE)
  sameBox(cats?.[0] as Detection, [329, 33, 623, 383])
  sameBox(cats?.[1] as Detection, [-4, 50, 327, 406])
  assert.deepEqual(
    elephants?.map(({ label }) => label),
    ['elephant', 'elephant'],
  )
  sameBox(elephants?.[0] as Detection, [216, 86, 534, 449])
})

test('UltraFace finds the faces of a group', { skip }, async () => {
  await using detect = await onnx(model('ultraface-rfb-320.onnx'), {
    picture: { scale: 1, mean: [127], std: [128] },
    head: { kind: 'boxes', boxes: 'boxes', scores: 'scores', firstClass: 1, threshold: 0.7, nms: 0.3 },
  })
  const one = await detect(image('astronaut.png'))
  assert.equal(one.length, 1)
  sameBox(one[0] as Detection, [180, 62, 268, 174])
  near((await detect(image('faces_linzaer1.jpg'))).length, 44, 1)
})

test('DeepLab tells cats from background', { skip }, async () => {
  await using segment = await onnx(model('deeplab_v3_mobilenet_voc_257.onnx'), {
    picture: { scale: 1 / 127.5, mean: [1] },
    head: { kind: 'segmentation', layout: 'nhwc', labels: lines('voc21_labels.txt') },
  })
  const parts = await segment(image('cats_coco_000000039769.png'))
  const share = (wanted: string) => {
    const mask = parts.find(({ label }) => label === wanted)?.mask
    return mask ? mask.data.filter((value) => value === 255).length / mask.data.length : 0
  }
  near(share('cat'), 0.612, 0.01, 'cat')
  near(share('background'), 0.388, 0.01, 'background')
})

test('MediaPipe finds the person in a selfie', { skip }, async () => {
  await using cut = await onnx(model('selfie_segmentation_landscape_144x256.onnx'), {
    picture: { layout: 'nhwc' },
    head: { kind: 'mask' },
  })
  for (const [name, share] of [
    ['selfie_test.jpg', 0.287],
    ['person_pexels_4378882.jpg', 0.383],
  ] as const) {
    const { data } = await cut(image(name))
    near(data.filter((value) => value === 255).length / data.length, share, 0.02, name)
  }
})

test('TCMonoDepth sees the baby nearer than the corners', { skip }, async () => {
  const file = image('unsplash_depth_example.jpg')
  await using estimate = await onnx(model('tcmonodepth_tcsmallnet_192x320.onnx'), { picture: { scale: 1 } })
  const { outputs } = await estimate(file)
  const data = outputs.output?.data as Float32Array
  near(data.reduce((sum, value) => sum + value, 0) / data.length, 0.753, SCORE, 'mean')
  near(data[96 * 320 + 160] as number, 1.199, 0.05, 'centre')

  await using look = await onnx(model('tcmonodepth_tcsmallnet_192x320.onnx'), {
    picture: { scale: 1 },
    head: { kind: 'depth' },
  })
  const { width, height } = await openImage(file)
  const { depth, predicted_depth } = await look(file)
  assert.deepEqual([depth.width, depth.height], [width, height])
  assert.deepEqual(predicted_depth.dims, [height, width])
})

test('the super-resolution network is sharper than bicubic', { skip }, async () => {
  const whole = await openImage(image('selfie_test.jpg'))
  const target = whole.crop({ left: 600, top: 100, width: 672, height: 672 }).grayscale()
  const small = target.resize({ width: 224, height: 224 })
  await using enlarge = await onnx(model('super_resolution_x3_y224.onnx'), {
    picture: { channels: 'grey' },
    head: { kind: 'image' },
  })
  const wanted = (await target.rgb()).data
  const noise = async (picture: Pick<typeof whole, 'rgb'>) => {
    const { data } = await picture.rgb()
    const mean = data.reduce((sum, value, i) => sum + (value - (wanted[i] as number)) ** 2, 0) / data.length
    return 10 * Math.log10(255 ** 2 / mean)
  }
  const large = await enlarge(small)
  assert.deepEqual([large.width, large.height], [672, 672])
  near(await noise(large), 34.77, 0.8, 'PSNR in dB')
})

test('MNIST reads digits', { skip }, async () => {
  await using read = await onnx(model('mnist-8.onnx'), {
    picture: { channels: 'grey' },
    head: { kind: 'classes', labels: [...'0123456789'], top_k: 1 },
  })
  for (const digit of ['3', '5', '7']) {
    const [best] = await read(image(`digit_${digit}.jpg`))
    assert.equal(best?.label, digit)
    near(best?.score ?? 0, 1, SCORE)
  }
})

test('a generator makes a picture from numbers', { skip }, async () => {
  await using generate = await onnx(model('sprite_dcgan_generator.onnx'), { head: { kind: 'image', range: [-1, 1] } })
  const mean = async (z: (i: number) => number) => {
    const noise = tensor(
      'float32',
      Float32Array.from({ length: 16 }, (_, i) => z(i)),
      [1, 16, 1, 1],
    )
    const { data } = await (await generate({ random_input: noise })).rgb()
    const sums = [0, 0, 0]
    for (let i = 0; i < data.length; i++) sums[i % 3] = (sums[i % 3] as number) + (data[i] as number)
    return sums.map((sum) => sum / 1024)
  }
  for (const [z, wanted] of [
    [() => 1, [125.3, 119.9, 112.4]],
    [(i: number) => (i % 2 === 0 ? 1 : -1), [149, 144.2, 157.6]],
  ] as const) {
    for (const [i, value] of (await mean(z)).entries()) near(value, wanted[i] as number, 1)
  }
})

test('PaddleOCR finds lines and reads them', { skip }, async () => {
  const bgr = { mean: IMAGENET.mean, std: IMAGENET.std, channels: 'bgr' } as const
  await using find = await onnx(model('ppocr_en_v3_det.onnx'), {
    picture: { ...bgr, size: { multipleOf: 32 } },
    head: { kind: 'text-boxes' },
  })
  await using read = await onnx(model('ppocr_en_number_mobile_v2_rec.onnx'), {
    picture: { channels: 'bgr', scale: 1 / 127.5, mean: [1], size: { height: 32 } },
    head: { kind: 'text', characters: [...lines('en_dict.txt'), ' '] },
  })
  const page = await openImage(image('ocr_en.jpg'))
  const boxes = await find(page)
  assert.equal(boxes.length, 5)
  const texts = await read(
    boxes.map(({ box: { xmin, ymin, xmax, ymax } }) =>
      page.crop({ left: Math.max(0, xmin), top: Math.max(0, ymin), width: xmax - xmin, height: ymax - ymin }),
    ),
  )
  assert.ok(
    texts.some(({ text }) => text === 'of this dataset are specified as follows.'),
    texts.map((t) => t.text).join('|'),
  )
  assert.match(
    (await read(image('ocr_en_line.jpg'))).text,
    /^To facilitate the shot type analysis in videos, we collect/,
  )
})

test('BodyPix finds nose and shoulders through a head of one’s own', { skip }, async () => {
  const names = ['nose', 'leftEye', 'rightEye', 'leftEar', 'rightEar', 'leftShoulder', 'rightShoulder']
  await using pose = await onnx(model('bodypix_mobilenetv1_050_s16.onnx'), {
    picture: { layout: 'nhwc', size: [641, 481], scale: 1 / 127.5, mean: [1] },
    head({ heatmaps, short_offsets: offsets }) {
      const [rows = 0, columns = 0] = heatmaps?.dims.slice(1, 3) ?? []
      const heat = heatmaps?.data as Float32Array
      return names.map((name, k) => {
        let best = 0
        for (let cell = 1; cell < rows * columns; cell++) {
          if ((heat[cell * 17 + k] as number) > (heat[best * 17 + k] as number)) best = cell
        }
        const offset = (i: number) => offsets?.data[best * 34 + i] as number
        const score = 1 / (1 + Math.exp(-(heat[best * 17 + k] as number)))
        const [column, row] = [best % columns, Math.floor(best / columns)]
        return { name, score, x: column * 16 + offset(17 + k), y: row * 16 + offset(k) }
      })
    },
  })
  const points = await pose(image('person_pexels_4378882.jpg'))
  const nose = points.find(({ name }) => name === 'nose')
  near(nose?.score ?? 0, 0.99, SCORE)
  near(nose?.x ?? 0, 326, 2 * PIXELS)
  near(nose?.y ?? 0, 195, 2 * PIXELS)
  const shoulder = points.find(({ name }) => name === 'leftShoulder')
  near(shoulder?.x ?? 0, 423, 3 * PIXELS)
})
