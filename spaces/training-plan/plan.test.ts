import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planTraining } from './plan.ts'

const form = {
  name: 'CIFAR 10!',
  pictures: 50_000,
  epochs: 60,
  batchSize: 256,
  optimizer: 'SGD',
  mirror: true,
} as const

test('SGD at the reference batch of 256 learns at 0.1, and twice the batch at twice the rate', () => {
  assert.equal(planTraining(form).learning_rate, 0.1)
  assert.equal(planTraining({ ...form, batchSize: 512 }).learning_rate, 0.2)
})

test('AdamW grows with the square root of the batch', () => {
  assert.equal(planTraining({ ...form, optimizer: 'AdamW', batchSize: 128 }).learning_rate, 1e-4)
})

test('the last batch of an epoch counts, however small', () => {
  const plan = planTraining(form)
  assert.equal(plan.steps_per_epoch, 196)
  assert.equal(plan.last_batch, 50_000 - 195 * 256)
  assert.equal(plan.steps, 196 * 60)
})

test('a name becomes a folder name', () => {
  assert.equal(planTraining(form).output_dir, 'cifar-10')
  assert.equal(planTraining({ ...form, name: '…' }).output_dir, 'model')
})
