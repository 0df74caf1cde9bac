/**
 * How well each text fits a picture, as CLIP and its kin say it, out of whichever graphs a repository has: one graph for
 * both halves, or `text_model` and `vision_model`. Texts that were asked for before are not run again where the graph
 * gives their features.
 */

import { join } from 'node:path'
import { pictureFeeds, runGraph } from '../../feeds.ts'
import type { Feeds, Model, Outputs, Processed, Session, TaskContext, Tensor } from '../../task.ts'
import { cosines, featureNames, firstRows, readFeatures, stacked } from './features.ts'
import { exactLine, holds } from './line.ts'
import { createTextMemory } from './memory.ts'
import { readScalars } from './scalars.ts'
import { type Line, lineOf } from './scale.ts'
import { isSigmoid, openTexts, type TextRuns } from './texts.ts'

export interface TextScorer {
  /** One logit for each text. */
  logits(texts: readonly string[], picture: Processed, context: TaskContext): Promise<Float32Array>
}

type Features = Tensor<'float32'>

const LOGITS = 'logits_per_image'

/** @throws SpaceError `model-file-missing`, `model-broken` */
export async function openTextScorer(model: Model): Promise<TextScorer> {
  if (!model.hasSession('model') && model.hasSession('text_model') && model.hasSession('vision_model')) {
    return openHalves(model)
  }
  const session = await model.session()
  const texts = await openTexts(model, session)
  const names = { text: featureNames(session, 'text', false), image: featureNames(session, 'image', false) }
  const gives = (name: string) => session.outputs.some((output) => output.name === name)
  const both = names.text.length > 0 && names.image.length > 0
  if (gives(LOGITS) || !both) {
    const scalars = () => readScalars(join(model.folder, session.file))
    return createWhole(session, texts, both ? { ...names, scalars, sigmoid: isSigmoid(model) } : null)
  }
  return createFeatureScorer(
    await lineOf(model),
    async (some, picture, context) => {
      const ran = await runTexts(session, texts(some), names.text, context, pictureFeeds(session, picture))
      return { texts: ran.features, image: readFeatures(session, ran.last, names.image) }
    },
    async (some, picture, context) => {
      const [run] = texts(some.slice(0, 1))
      const outputs = await runGraph(session, { ...pictureFeeds(session, picture), ...run?.feeds }, context)
      return readFeatures(session, outputs, names.image)
    },
  )
}

async function openHalves(model: Model): Promise<TextScorer> {
  const [textSession, imageSession, line] = await Promise.all([
    model.session('text_model'),
    model.session('vision_model'),
    lineOf(model),
  ])
  const texts = await openTexts(model, textSession)
  const names = { text: featureNames(textSession, 'text', true), image: featureNames(imageSession, 'image', true) }
  const look = async (picture: Processed, context: TaskContext) =>
    readFeatures(imageSession, await runGraph(imageSession, pictureFeeds(imageSession, picture), context), names.image)
  return createFeatureScorer(
    line,
    async (some, picture, context) => {
      const { features } = await runTexts(textSession, texts(some), names.text, context)
      return { texts: features, image: await look(picture, context) }
    },
    (_, picture, context) => look(picture, context),
  )
}

/** Runs every batch of texts. */
async function runTexts(
  session: Session,
  runs: ReturnType<TextRuns>,
  names: readonly string[],
  context: TaskContext,
  beside: Feeds = {},
): Promise<{ features: Features; last: Outputs }> {
  const parts: Features[] = []
  let last: Outputs = {}
  for (const { feeds, count } of runs) {
    last = await runGraph(session, { ...beside, ...feeds }, context)
    parts.push(firstRows(readFeatures(session, last, names), count))
  }
  return { features: stacked(parts), last }
}

/** Logits by the cosines of features. @param both - features of texts and picture. @param one - of the picture alone. */
function createFeatureScorer(
  line: Line,
  both: (...args: Parameters<TextScorer['logits']>) => Promise<{ texts: Features; image: Features }>,
  one: (...args: Parameters<TextScorer['logits']>) => Promise<Features>,
): TextScorer {
  const memory = createTextMemory()
  return {
    async logits(texts, picture, context) {
      const known = memory.get(texts)
      const features = known
        ? { texts: known, image: await one(texts, picture, context) }
        : await both(texts, picture, context)
      if (!known) memory.set(texts, features.texts)
      return context.time('postprocess', () => onLine(line, cosines(features.image, features.texts)))
    },
  }
}

const onLine = ({ scale, bias }: Line, values: readonly number[]) =>
  Float32Array.from(values, (cosine) => scale * cosine + bias)

/** What is known of a graph that gives its features beside its logits. */
interface Featured {
  readonly text: readonly string[]
  readonly image: readonly string[]
  /** Single numbers of its file. */
  scalars(): readonly number[]
  /** Whether a number is added to its logits. */
  readonly sigmoid: boolean
}

/**
 * Logits as the graph gives them. Where they turn out to lie on a line over the cosines of its features, the line gives
 * them, and the next picture with the same texts is run with a single one of them.
 */
function createWhole(session: Session, textRuns: TextRuns, names: Featured | null): TextScorer {
  const memory = createTextMemory()
  let line: Line | null = null
  let scalars: readonly number[] | null = null
  let mayLearn = names !== null

  /** The line's logits, once it is known and gives the graph's. */
  const learn = (texts: readonly string[], features: Features, outputs: Outputs, logits: Float32Array) => {
    if (!names) return logits
    const angles = cosines(readFeatures(session, outputs, names.image), features)
    scalars ??= names.scalars()
    line ??= exactLine(angles, logits, names.sigmoid, scalars)
    if (!line) return logits
    mayLearn = holds(line, angles, logits)
    if (!mayLearn) return logits
    memory.set(texts, features)
    return onLine(line, angles)
  }

  return {
    async logits(texts, picture, context) {
      const pictures = pictureFeeds(session, picture)
      const known = mayLearn && line ? memory.get(texts) : undefined
      if (known && line && names) {
        const [run] = textRuns(texts.slice(0, 1))
        const image = readFeatures(
          session,
          await runGraph(session, { ...pictures, ...run?.feeds }, context),
          names.image,
        )
        return onLine(line, cosines(image, known))
      }
      const logits = new Float32Array(texts.length)
      const features: Features[] = []
      let [done, outputs]: [number, Outputs] = [0, {}]
      for (const { feeds, count } of textRuns(texts)) {
        outputs = await runGraph(session, { ...pictures, ...feeds }, context)
        logits.set(session.floats(outputs, LOGITS).data.subarray(0, count), done)
        if (names && mayLearn) features.push(firstRows(readFeatures(session, outputs, names.text), count))
        done += count
      }
      return mayLearn && texts.length > 1 ? learn(texts, stacked(features), outputs, logits) : logits
    },
  }
}
