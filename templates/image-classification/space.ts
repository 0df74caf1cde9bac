import { fromPipeline } from 'spaces'

export default fromPipeline('image-classification', './model', {
  title: 'What is in this photo?',
  summary: 'A tiny network tells ten kinds of things apart: airplanes, automobiles, birds, cats, deer and so on.',
  examples: [{ image: 'examples/cat.jpg' }],
})
