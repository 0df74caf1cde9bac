/**
 * Where these labels are: `pipe(image, candidate_labels, options)` -> `[{ score, label, box }]`, best first.
 *
 * OWL-ViT and OWLv2 score every label by itself. Grounding DINO and its kin read all labels as one sentence and answer
 * with the stretch of it that a box belongs to. OmDet-Turbo reads the labels and a sentence of them.
 */

import { type CallOptions, labelsAndOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { sigmoid } from '../heads/activations.ts'
import { type Box, cornersAt, squareAround, toBox, toRelativeBox } from '../heads/boxes.ts'
import { groundedBoxes, sentenceOf } from '../heads/grounding.ts'
import { proposals } from '../heads/proposals.ts'
import { openFitted } from '../processors/fit.ts'
import { defineTask, type Feeds, type Model, type Outputs, type Session, type Size, tensor } from '../task.ts'
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
  /** OmDet-Turbo: a box goes when it overlaps a better one of its label by more than this. Default 0.5. */
  nms_threshold?: number
  /** Boxes as parts of the picture's sides instead of whole pixels. Default false. */
  percentage?: boolean
}

interface Question {
  feeds(): Feeds
  answers(outputs: Outputs, size: Size): LabelledBox[]
}

export default defineTask({
  task: 'zero-shot-object-detection',
  async open(model) {
    const [{ session, processor }, tokenizer] = await Promise.all([openFitted(model), openTokenizer(model)])
    const opened = { model, session, tokenizer }
    const ask = session.wants('classes_input_ids')
      ? detectQuestion
      : String(model.config.model_type).includes('dino')
        ? sentenceQuestion
        : labelQuestion
    return {
      async run(args, context): Promise<LabelledBox[]> {
        const { labels, options } = labelsAndOptions(args)
        const question = ask(opened, labels, options)
        const top = options.count('top_k')
        const pixels = await context.pixels(args[0])
        const feeds = await context.time('preprocess', () => ({
          ...pictureFeeds(session, processor.process(pixels)),
          ...question.feeds(),
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

interface Opened {
  readonly model: Model
  readonly session: Session
  readonly tokenizer: Tokenizer
}

function labelQuestion({ model, session, tokenizer }: Opened, labels: string[], options: CallOptions): Question {
  const threshold = Math.fround(options.share('threshold', 0.1))
  const percentage = options.boolean('percentage', false)
  return {
    // OWL's text encoder has 16 places, and its tokenizer says so; texts of one length can go in one batch.
    feeds: () => ({ ...tokenizer.batch(labels, { padding: 'max' }) }),
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

function sentenceQuestion({ session, tokenizer }: Opened, labels: string[], options: CallOptions): Question {
  const thresholds = {
    threshold: options.share('threshold', 0.1),
    textThreshold: options.share('text_threshold', 0.25),
    percentage: options.boolean('percentage', false),
  }
  const sentence = sentenceOf(labels)
  const { ids } = tokenizer.encode(sentence)
  return {
    feeds: () => ({ ...tokenizer.batch([sentence]) }),
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

/** Most tokens of a label, and of the sentence, that OmDet-Turbo reads. */
const OMDET_LENGTH = 77

function detectQuestion({ session, tokenizer }: Opened, labels: string[], options: CallOptions): Question {
  const thresholds = { threshold: options.share('threshold', 0.1), nmsThreshold: options.share('nms_threshold', 0.5) }
  const percentage = options.boolean('percentage', false)
  const read = (texts: readonly string[]) => tokenizer.batch(texts, { padding: 'max', maxLength: OMDET_LENGTH })
  return {
    feeds() {
      const classes = read(labels)
      const tasks = read([`Detect ${labels.join(', ')}.`])
      return {
        classes_input_ids: classes.input_ids,
        classes_attention_mask: classes.attention_mask,
        tasks_input_ids: tasks.input_ids,
        tasks_attention_mask: tasks.attention_mask,
        classes_structure: tensor('int64', BigInt64Array.of(BigInt(labels.length)), [1]),
      }
    },
    answers(outputs, size) {
      const logits = session.floats(outputs, 'decoder_class_logits')
      const boxes = session.floats(outputs, 'decoder_coord_logits')
      return proposals(logits, boxes, size, thresholds).map(({ label, score, corners }) => ({
        score,
        label: labels[label] as string,
        box: percentage ? toRelativeBox(corners) : toBox(corners, size),
      }))
    },
  }
}
