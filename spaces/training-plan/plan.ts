export interface TrainingForm {
  readonly name: string
  readonly pictures: number
  readonly epochs: number
  readonly batchSize: number
  readonly optimizer: 'SGD' | 'AdamW'
  readonly mirror: boolean
}

/** At least this many steps of warm-up: Adam's second moment needs about 1 / (1 - 0.999) steps, cut to what small sets allow. */
const MIN_WARMUP = 100

/**
 * The usual arithmetic of a training run, in the argument names of Hugging Face's trainer.
 *
 * SGD: 0.1 for a batch of 256, scaled in proportion (Goyal et al. 2017, “Accurate, Large Minibatch SGD”).
 * AdamW: 5e-5 for a batch of 32, scaled with the square root (Malladi et al. 2022, “On the SDEs and Scaling Rules for
 * Adaptive Gradient Algorithms”). Warm-up is 5 % of all steps.
 */
export function planTraining({ name, pictures, epochs, batchSize, optimizer, mirror }: TrainingForm) {
  const stepsPerEpoch = Math.ceil(pictures / batchSize)
  const steps = stepsPerEpoch * epochs
  const rate = optimizer === 'SGD' ? 0.1 * (batchSize / 256) : 5e-5 * Math.sqrt(batchSize / 32)
  return {
    output_dir:
      name
        .trim()
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '') || 'model',
    steps_per_epoch: stepsPerEpoch,
    steps,
    pictures_seen: pictures * epochs,
    last_batch: pictures % batchSize || batchSize,
    optimizer: optimizer.toLowerCase(),
    learning_rate: +rate.toPrecision(3),
    warmup_steps: Math.min(steps, Math.max(Math.min(MIN_WARMUP, stepsPerEpoch), Math.round(steps * 0.05))),
    save_steps: stepsPerEpoch,
    augmentation: mirror ? ['random_resized_crop', 'horizontal_flip'] : ['random_resized_crop'],
  }
}
