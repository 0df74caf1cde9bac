import { Checkbox, Dropdown, JSON, Markdown, Number, Radio, space, Text } from 'spaces'
import { planTraining } from './plan.ts'

export default space({
  title: 'Plan a training run',
  summary: 'Steps, learning rate, warm-up and checkpoints for an image classifier, from the size of your data set.',
  tags: ['form'],
  inputs: {
    name: Text({ label: 'Name', initial: 'flowers-resnet', maxLength: 60 }),
    pictures: Number({ label: 'Pictures', hint: 'in the training split', min: 1, max: 100_000_000, initial: 8_144 }),
    epochs: Number({ label: 'Epochs', min: 1, max: 1000, step: 1, initial: 20 }),
    batchSize: Dropdown({ label: 'Batch size', choices: ['16', '32', '64', '128', '256', '512'], initial: '64' }),
    optimizer: Radio({ label: 'Optimizer', choices: ['SGD', 'AdamW'], initial: 'AdamW' }),
    mirror: Checkbox({ label: 'Mirror pictures at random', initial: true }),
  },
  outputs: { note: Markdown({ label: 'In words' }), plan: JSON({ label: 'Plan' }) },
  action: 'Plan',

  run(form) {
    const plan = planTraining({ ...form, batchSize: globalThis.Number(form.batchSize) })
    return {
      plan,
      note: `**${plan.steps.toLocaleString('en')} steps**, the first ${plan.warmup_steps.toLocaleString('en')} of them warming up to a learning rate of \`${plan.learning_rate}\`.`,
    }
  },

  examples: [
    { name: 'cifar10-resnet', pictures: 50_000, epochs: 60, batchSize: '128', optimizer: 'SGD', mirror: true },
    { name: 'pneumonia-vit', pictures: 5_216, epochs: 10, batchSize: '32', optimizer: 'AdamW', mirror: false },
  ],
})
