/**
 * Where these labels are: `pipe(image, candidate_labels, options)` -> `[{ score, label, box }]`, best first.
 *
 * OWL-ViT and OWLv2 score every label by itself. Grounding DINO reads all labels as one sentence and answers with the
 * stretch of it that a box belongs to.
 */

import { type CallOptions, labelsAndOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { sigmoid } from '../heads/activations.ts'
import { type Box, cornersAt, squareAround, toBox, toRelativeBox } from '../heads/boxes.ts'
import { groundedBoxes, sentenceOf } from '../heads/grounding.ts'
import { defineTask, type Model, type Outputs, type Session, type Size } from '../task.ts'
import { openTokenizer, type Tokenizer } from '../text/tokenizer.ts'

export interface LabelledBox {
  readonly score: number
  readonly label: string
  readonly box: Box
}

export interface ZeroShotObjectDetectionOptions {
  /** Boxes with this score or less are left out. Default 0.1. */
  threshold?: number
  /** How many boxes at most. Default: all. */
  top_k?: number
  /** Grounding DINO: tokens above it make up a box's label. Default 0.25. */
  text_threshold?: number
  /** Boxes as parts of the picture's sides instead of whole pixels. Default false. */
  percentage?: boolean
}

interface Question {
  readonly texts: readonly string[]
  answers(outputs: Outputs, size: Size): LabelledBox[]
}

export default defineTask({
  task: 'zero-shot-object-detection',
  async open(model) {
    const [session, processor, tokenizer] = await Promise.all([
      model.session(),
      model.processor(),
      openTokenizer(model),
    ])
    const grounding = String(model.config.model_type).includes('dino')
    const ask = (labels: string[], options: CallOptions) =>
      grounding ? sentenceQuestion(session, tokenizer, labels, options) : labelQuestion(model, session, labels, options)
    return {
      async run(args, context): Promise<LabelledBox[]> {
        const { labels, options } = labelsAndOptions(args)
        const question = ask(labels, options)
        const top = options.count('top_k')
        const pixels = await context.pixels(args[0])
        const feeds = await context.time('preprocess', () => ({
          ...pictureFeeds(session, processor.process(pixels)),
          // OWL's text encoder has 16 places, and its tokenizer says so; texts of one length can go in one batch.
          ...tokenizer.batch(question.texts, { padding: grounding ? 'longest' : 'max' }),
        }))
        const outputs = await runGraph(session, feeds, context)
        return context.time('postprocess', () =>
          question
            .answers(outputs, pixels)
            .sort((a, b) => b.score - a.score)
            .slice(0, top),
        )
      },
    }
  },
})

function labelQuestion(model: Model, session: Session, labels: string[], options: CallOptions): Question {
  const threshold = Math.fround(options.number('threshold', 0.1))
  const percentage = options.boolean('percentage', false)
  return {
    texts: labels,
    answers(outputs, size) {
      const { data, dims } = session.floats(outputs, 'logits')
      const boxes = session.floats(outputs, 'pred_boxes').data
      const [queries = 0, columns = 0] = dims.slice(-2)
      const frame = model.config.model_type === 'owlv2' ? squareAround(size) : size
      if (columns !== labels.length)
        throw model.broken(session.file, `it scores ${columns} labels, not ${labels.length}`)
      const found: LabelledBox[] = []
      for (const [column, label] of labels.entries()) {
        for (let query = 0; query < queries; query++) {
          const score = sigmoid(data[query * columns + column] as number)
          if (!(score > threshold)) continue
          const corners = cornersAt(boxes, query)
          found.push({ score, label, box: percentage ? toRelativeBox(corners) : toBox(corners, frame) })
        }
      }
      return found
    },
  }
}

function sentenceQuestion(session: Session, tokenizer: Tokenizer, labels: string[], options: CallOptions): Question {
  const thresholds = {
    threshold: options.number('threshold', 0.1),
    textThreshold: options.number('text_threshold', 0.25),
    percentage: options.boolean('percentage', false),
  }
  const sentence = sentenceOf(labels)
  const { ids } = tokenizer.encode(sentence)
  return {
    texts: [sentence],
    answers(outputs, size) {
      const logits = session.floats(outputs, 'logits')
      const boxes = session.floats(outputs, 'pred_boxes')
      return groundedBoxes(logits, boxes, size, thresholds).map(({ score, box, tokens }) => ({
        score,
        label: tokenizer.decode(tokens.flatMap((position) => ids[position] ?? [])),
        box,
      }))
    },
  }
}
