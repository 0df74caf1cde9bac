/** What a processor's configuration must hold; files are written by many hands. */

import { expected } from '#core/errors.ts'
import { MAX_PIXELS } from '../media/bounds.ts'
import type { Json } from '../task.ts'
import { GENERIC, type Settings, type SizeSetting } from './defaults.ts'
import { recipeOf } from './recipes.ts'
import { isUnknown } from './spellings.ts'

/**
 * What is of the wrong type, before defaults stand in for it.
 * @throws SpaceError `invalid-value` naming the file and the setting
 */
export function checkTypes(given: Json): void {
  for (const [name, value] of Object.entries(given)) {
    if (typeof GENERIC[name as keyof Settings] === 'boolean' && typeof value !== 'boolean')
      throw wrong(name, 'true or false', value)
    if (SIZES.has(name) && value !== null && !isSize(value))
      throw wrong(name, 'a number, a list of two, or an object of sides', value)
  }
}

const SIZES = new Set(['size', 'crop_size', 'pad_size'])
const isSize = (value: unknown) =>
  Array.isArray(value) ? value.length === 2 : typeof value === 'number' || typeof value === 'object'

/** @throws SpaceError `invalid-value` naming the file and the setting */
export function checkSettings(kind: string, settings: Settings): void {
  const { size, do_center_crop, crop_size, pad_size, image_mean, image_std, rescale_factor, resample } = settings
  checkSize('size', size, needsOf(kind, settings))
  checkSize('crop_size', crop_size, do_center_crop && recipeOf(kind).crops ? BOX : [[]])
  if (pad_size) checkSize('pad_size', pad_size, BOX)
  checkChannels('image_mean', image_mean)
  checkChannels('image_std', image_std)
  if ([image_std].flat().includes(0)) throw wrong('image_std', 'numbers other than 0', image_std)
  if (!isNumber(rescale_factor)) throw wrong('rescale_factor', 'a number', rescale_factor)
  if (!(Number.isInteger(resample) && resample >= 0 && resample <= 5))
    throw wrong('resample', 'a filter’s number, 0 to 5', resample)
  checkNumbers(settings)
  if (kind === 'Siglip2' && typeof settings.patch_size !== 'number')
    throw wrong('patch_size', 'the side of a square', settings.patch_size)
  if (!LIMIT_TYPES.includes(settings.limit_type))
    throw wrong('limit_type', LIMIT_TYPES.join(' or '), settings.limit_type)
  checkClusters(settings.clusters)
}

const LIMIT_TYPES = ['max', 'min', 'resize_long']

/** What a size may say: both sides, one for both, or limits for what keeps its shape. */
const BOX = [['height', 'width'], ['shortest_edge']]
const LIMITS = [['longest_edge'], ['max_height', 'max_width']]

/** Classes that can do with some of these alone. */
const NEEDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  BridgeTower: [['shortest_edge']],
  CHMv2: BOX,
  ConvNext: BOX,
  DPT: BOX,
  Owlv2: BOX,
  Perceiver: BOX,
  PoolFormer: BOX,
  PromptDepthAnything: BOX,
  Sapiens2: BOX,
  Vilt: [['shortest_edge']],
  ZoeDepth: BOX,
}

function needsOf(kind: string, { do_resize }: Settings) {
  if (isUnknown(kind)) return [[]]
  // Their pages are framed whether they are resized or not.
  if (kind === 'Donut' || kind === 'Nougat') return BOX
  return (do_resize ? NEEDS[kind] : null) ?? [...BOX, ...LIMITS]
}

/** What sizes are divided and multiplied by. */
function checkNumbers(settings: Settings): void {
  for (const name of ['ensure_multiple_of', 'limit_side_len'] as const)
    if (!(isNumber(settings[name]) && settings[name] > 0)) throw wrong(name, 'a number above 0', settings[name])
  for (const name of ['max_num_patches', 'max_patches'] as const)
    if (!(Number.isInteger(settings[name]) && settings[name] > 0))
      throw wrong(name, 'a whole number above 0', settings[name])
  for (const name of ['crop_pct', 'resize_short'] as const) {
    const value = settings[name]
    if (value !== null && !(isNumber(value) && value > 0)) throw wrong(name, 'a number above 0', value)
  }
  const { size_divisor, patch_size } = settings
  if (!(isNumber(size_divisor) && size_divisor >= 0)) throw wrong('size_divisor', 'a number', size_divisor)
  if (typeof patch_size !== 'number' && (typeof patch_size !== 'object' || patch_size === null))
    throw wrong('patch_size', 'a number, or an object of sides', patch_size)
  checkSize('patch_size', typeof patch_size === 'number' ? { height: patch_size, width: patch_size } : patch_size, BOX)
}

function checkClusters(clusters: unknown): void {
  if (clusters === null) return
  const isColour = (one: unknown) => Array.isArray(one) && one.length === 3 && one.every(isNumber)
  if (!Array.isArray(clusters) || !clusters.every(isColour))
    throw wrong('clusters', 'colours of three numbers', clusters)
}

/** @param needs - sides, of which the size must have all of one list */
function checkSize(name: string, size: SizeSetting, needs: readonly (readonly string[])[]): void {
  for (const [side, value] of Object.entries(size))
    if (!(Number.isInteger(value) && value > 0)) throw wrong(`${name}.${side}`, 'a whole number above 0', value)
  if (!needs.some((sides) => sides.every((side) => side in size)))
    throw wrong(name, needs.map((sides) => sides.join(' and ')).join(', or '), size)
  const { width = 0, height = 0 } = size
  if (width * height > MAX_PIXELS) throw wrong(name, `no more than ${MAX_PIXELS} pixels`, width * height)
}

function checkChannels(name: string, values: unknown): void {
  const list = Array.isArray(values) ? values : [values]
  // Grey, colour, or colour with transparency; one number serves all.
  if (!(list.every(isNumber) && [1, 3, 4].includes(list.length))) throw wrong(name, 'a number for each channel', values)
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

const wrong = (setting: string, wants: string, value: unknown) =>
  expected(`preprocessor_config.json: ${setting}`, wants, value, 'Correct it in the model’s preprocessor_config.json.')
