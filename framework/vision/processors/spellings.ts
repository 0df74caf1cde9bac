/** Settings under the names that they have today, out of a file that may be years old, for the class that will read them. */

import type { Json } from '../task.ts'
import { DEFAULTS, GENERIC, type Settings } from './defaults.ts'

const DETR = new Set(['Detr', 'ConditionalDetr', 'DeformableDetr', 'GroundingDino', 'Yolos', 'RfDetr'])

/** The class or one of its kin: they share their old settings. */
export const isDetr = (kind: string): boolean => DETR.has(kind)
export const isMaskFormer = (kind: string): boolean => kind === 'MaskFormer' || kind === 'Mask2Former'
const isOwl = (kind: string) => kind === 'OwlViT' || kind === 'Owlv2'
/** A class that Python does not have, or nobody needed yet. */
export const isUnknown = (kind: string): boolean => !(kind in DEFAULTS)

/** @returns what counts for this class, under today's names; what is null as the class takes it */
export function readSpellings(raw: Json, kind: string): Json {
  return withoutNulls(counting(renamed(raw, kind), kind))
}

/** Old names of settings, and the classes that still know them. */
const OLD_NAMES: Readonly<Record<string, { readonly name: string; readonly of: (kind: string) => boolean }>> = {
  pad_and_return_pixel_mask: { name: 'do_pad', of: isDetr },
  offset: { name: 'rescale_offset', of: (kind) => kind === 'Vivit' },
  rescale: { name: 'do_rescale', of: isOwl },
  // Transformers.js's general class has these, and Python's classes of the first have it as a default now.
  size_divisibility: { name: 'size_divisor', of: isUnknown },
  image_size: { name: 'size', of: isUnknown },
  mean: { name: 'image_mean', of: isUnknown },
  std: { name: 'image_std', of: isUnknown },
}

/** Settings that some classes know alone: what a file says of them for another class is nothing to it. */
const COUNTS: Readonly<Record<string, (kind: string) => boolean>> = {
  do_flip_channel_order: (kind) => kind === 'MobileViT' || isUnknown(kind),
  include_top: (kind) => kind === 'EfficientNet',
  rescale_offset: (kind) => kind === 'EfficientNet' || kind === 'Vivit',
  default_to_square: (kind) => !isDetr(kind) && !isMaskFormer(kind),
}

const counting = (raw: Json, kind: string): Json =>
  Object.fromEntries(Object.entries(raw).filter(([key]) => COUNTS[key]?.(kind) ?? true))

/** What classes read in a way of their own. */
const SPELLINGS: Readonly<Record<string, (raw: Json) => Json>> = {
  // KOSMOS-2's files mean a square of the class's own size, whatever they say of it.
  CLIP: ({ use_square_size }) => (use_square_size === true ? { size: { height: 224, width: 224 } } : {}),
  // The divisor stood under the name of another setting.
  Swin2SR: ({ pad_size, size_divisor }) =>
    typeof pad_size === 'number' ? { size_divisor: size_divisor ?? pad_size, pad_size: null } : {},
}

function renamed(raw: Json, kind: string): Json {
  const entries = Object.entries(raw).flatMap(([key, value]): [string, unknown][] => {
    const old = OLD_NAMES[key]
    return old?.of(kind) ? (old.name in raw ? [] : [[old.name, value]]) : [[key, value]]
  })
  return { ...Object.fromEntries(entries), ...SPELLINGS[kind]?.(raw) }
}

/** What null means: a step that is left out, a number that the class can do without, and else as if nothing was said. */
function withoutNulls(raw: Json): Json {
  const entries = Object.entries(raw).map(([key, value]) => {
    if (value !== null) return [key, value] as const
    if (key.startsWith('do_') || typeof GENERIC[key as keyof Settings] === 'boolean') return [key, false] as const
    if (key === 'size_divisor') return [key, 0] as const
    return [key, NULLABLE.has(key) ? null : undefined] as const
  })
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

const NULLABLE = new Set(['crop_pct', 'pad_size', 'resize_short'])
