/**
 * Places in a text: Florence-2 writes them behind what they belong to, as tokens `<loc_0>` to `<loc_999>` in thousandths
 * of the picture. Parsed as transformers' `Florence2PostProcessor` does it.
 */

import type { Json, Size } from '#vision/task.ts'
import type { Box } from '../boxes.ts'
import type { PlaceKind } from './task-prompts.ts'

/** Something named, and where it is: a box, or the corners of polygons `[x, y, x, y, …]`, in whole pixels of the picture. */
export interface Region {
  readonly label: string
  readonly box?: Box
  readonly polygons?: readonly (readonly number[])[]
}

/** Runs of places, as the patterns of `Florence2PostProcessor` find them: with a name before them, or without one. */
const NAMED = /[^<]+(?:<loc_\d+>){4,}/g
const NAMELESS = /(?:<loc_\d+>){4,}/g
const NAMED_SHAPES = /[^<]+(?:<loc_\d+>|<sep>|<poly>|<\/poly>){4,}/g
const NAMELESS_SHAPES = /(?:<loc_\d+>|<sep>|<poly>|<\/poly>){4,}/g
const LINES = /([^\n]+?)((?:<loc_\d+>){8})/g

/**
 * @param text - with its special tokens. @param size - of the picture.
 * @param places - as the task writes them; a name that a task does not write is empty, as in Python
 * @param banned - names that are no phrase: `bannedPhrases` of the model
 */
export function parseRegions(
  text: string,
  size: Size,
  places: Exclude<PlaceKind, null>,
  banned: readonly string[] = [],
): Region[] {
  const spoken = text.replace(/<s>|<\/s>|<pad>/g, '')
  if (places === 'corners') return linesIn(spoken, size)
  if (places === 'polygons') return polygonsIn(spoken, NAMELESS_SHAPES, size)
  if (places === 'boxes or polygons' && spoken.includes('<poly>')) return polygonsIn(spoken, NAMED_SHAPES, size)
  return boxesIn(spoken, places === 'proposals' ? NAMELESS : NAMED, size, places === 'phrases' ? banned : [])
}

/** What a processor's configuration keeps out of grounded phrases: “the image”, “it”. @param config - `processor_config.json` */
export function bannedPhrases(config: Json | null): readonly string[] {
  const { phrase_grounding } = (config?.post_processor_config ?? {}) as { phrase_grounding?: Json }
  const listed = phrase_grounding?.banned_grounding_tokens
  return Array.isArray(listed) ? listed : []
}

function linesIn(text: string, size: Size): Region[] {
  return [...text.matchAll(LINES)].map(([, label = '', places = '']) => ({
    label: label.trim(),
    polygons: [pointsOf(placesIn(places), size)],
  }))
}

function boxesIn(text: string, pattern: RegExp, size: Size, banned: readonly string[]): Region[] {
  return [...text.matchAll(pattern)].flatMap(([phrase]) => {
    const label = nameIn(phrase)
    if (label === null || banned.includes(label)) return []
    return quads(placesIn(phrase)).map((sides) => ({ label: ascii(label), box: boxOf(sides, size) }))
  })
}

function polygonsIn(text: string, pattern: RegExp, size: Size): Region[] {
  return [...text.matchAll(pattern)].flatMap(([phrase]) => {
    const label = nameIn(phrase.replace(/^<loc_\d+>/, ''))
    if (label === null) return []
    const closed = phrase.includes('<poly>') && phrase.includes('</poly>')
    const shapes = closed ? [...phrase.matchAll(/<poly>(.*?)<\/poly>/g)].map(([, shape = '']) => shape) : [phrase]
    return shapes.flatMap((shape): Region[] => {
      const polygons = [...shape.matchAll(/((?:<loc_\d+>)+)(?:<sep>|$)/g)].map(([, run = '']) => placesIn(run))
      return polygons.length ? [{ label, polygons: polygons.map((list) => pointsOf(list, size)) }] : []
    })
  })
}

/** What stands before the places; null where a new line is part of it, which Python passes over. */
const nameIn = (phrase: string): string | null => /^\s*[^\n]*?(?=<loc_|<poly>)/.exec(phrase)?.[0].trim() ?? null

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
