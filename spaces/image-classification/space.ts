import { batched, Image, Label, Slider } from 'spaces'
import { pipeline } from 'spaces/vision'

export default batched({
  title: 'What is in this photo?',
  summary:
    'A small network that runs on this computer’s processor tells 200 kinds of things apart, and how sure it is. Nothing leaves the server.',
  tags: ['classification', 'model included'],
  inputs: {
    photo: Image({ label: 'Photo' }),
    top: Slider({ label: 'Labels to show', min: 1, max: 10, step: 1, initial: 5 }),
  },
  outputs: { labels: Label({ label: 'Labels', top: 10 }) },
  action: 'Classify',
  live: true,

  setup: () => pipeline('image-classification', './model', { dtype: 'q8' }),

  batch: { size: 8, waitMs: 0 },
  async run(rows, { shared: classify, signal }) {
    const answers = await classify(
      rows.map(({ photo }) => photo),
      { top_k: 10, signal },
    )
    return answers.map((labels, index) => ({ labels: labels.slice(0, rows[index]?.top) }))
  },

  examples: [
    { photo: 'examples/coffee.jpg' },
    { photo: 'examples/elephants.jpg' },
    { photo: 'examples/lion.jpg' },
    { photo: 'examples/rocket.jpg' },
  ],

  article: `### How sure is sure?

The network sees 64 x 64 pixels, the middle of your photo, and always answers with one of its 200 labels. On pictures it
had never seen, answers above 0.5 were right in 81 % of the cases, above 0.7 in 91 %. Take less than that as a guess. It
knows no people; the rocket among the examples is no class of its own either, and the scores show it.`,
})
