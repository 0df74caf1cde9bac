import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exp, sigmoid, sigmoids, softmax } from './activations.ts'

test('a sigmoid has every bit of torch’s', () => {
  // torch.tensor([0.3, -7.7, 18.1, 2.5, -1.25, 0.1] * 8).sigmoid()
  const values = sigmoids([0.3, -7.7, 18.1, 2.5, -1.25, 0.1].map(Math.fround))
  const wanted = [0.5744425058364868, 0.00045262230560183525, 1, 0.9241418242454529, 0.22270013391971588]
  assert.deepEqual([...values], [...wanted, 0.5249791741371155])
  assert.deepEqual([sigmoid(-Infinity), sigmoid(Infinity), sigmoid(Number.NaN)], [0, 1, Number.NaN])
})

test('a softmax has every bit of torch’s, few classes or many', () => {
  // Bits of torch.tensor([2.5, -1.25, 0.1]).softmax(-1)
  const three = softmax(Float32Array.of(2.5, -1.25, 0.1))
  assert.deepEqual([...new Uint32Array(three.buffer)], [1063633153, 1017964490, 1034337807])
  // (torch.arange(40) * 37 % 19 / 7).softmax(-1)[:4]
  const forty = softmax(Float32Array.from({ length: 40 }, (_, i) => ((i * 37) % 19) / 7))
  const wanted = [0.005059712566435337, 0.06620382517576218, 0.05739063769578934, 0.0497506745159626]
  assert.deepEqual([...forty.subarray(0, 4)], wanted)
})

test('the exponential ends in 0 and in infinity', () => {
  assert.deepEqual([exp(-Infinity), exp(-200), exp(0), exp(200), exp(Infinity)], [0, 0, 1, Infinity, Infinity])
  assert.ok(Math.abs(exp(10) / Math.exp(10) - 1) < 1e-7)
})
