import assert from 'node:assert/strict'
import { test } from 'node:test'
import { roundHalfEven } from '../rounding.ts'
import type { Size } from '../task.ts'
import {
  cutTo,
  floorTo,
  longestEdge,
  multipleOf,
  shortestEdge,
  shortestWithin,
  thumbnailSize,
  viltSize,
  within,
} from './sizes.ts'

const size = (width: number, height: number): Size => ({ width, height })

test('halves go to the even neighbour, as Python rounds', () => {
  assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6, -1.5].map(roundHalfEven), [0, 2, 2, 2, 3, -2])
})

test('the shorter side is exact and the longer one is cut', () => {
  assert.deepEqual(shortestEdge(size(97, 61), 32), size(50, 32))
  assert.deepEqual(shortestEdge(size(61, 97), 32), size(32, 50))
})

test('DETR’s size keeps the longer side within its limit', () => {
  assert.deepEqual(shortestWithin(size(640, 480), 800, 1333), size(1066, 800))
  // 1333 * 480 / 1280 = 499.875: the limit rules, and the shorter side is rounded.
  assert.deepEqual(shortestWithin(size(1280, 480), 800, 1333), size(1333, 500))
  assert.deepEqual(shortestWithin(size(800, 800), 800, 1333), size(800, 800))
})

test('YOLOS leaves out what is no multiple of 16', () => {
  assert.deepEqual(cutTo(size(1066, 800), 16), size(1056, 800))
})

test('SAM rounds both sides to the nearest', () => {
  assert.deepEqual(longestEdge(size(640, 427), 1024), size(1024, 683))
})

test('a picture smaller than the divisor still has one block', () => {
  assert.deepEqual(floorTo(size(97, 20), 32), size(96, 32))
})

test('ViLT limits the longer side to 1333/800 of the shorter', () => {
  assert.deepEqual(viltSize(size(97, 61), 64, 16), size(96, 64))
  assert.deepEqual(viltSize(size(1000, 100), 384, 32), size(608, 64))
})

test('Depth Anything keeps the aspect ratio by the scale nearer to one', () => {
  assert.deepEqual(multipleOf(size(640, 480), size(518, 518), 14, true), size(686, 518))
  assert.deepEqual(multipleOf(size(640, 480), size(518, 518), 14, false), size(518, 518))
})

test('a frame of greatest sides holds the whole picture', () => {
  assert.deepEqual(within(size(1000, 500), 400, 300), size(400, 200))
})

test('Donut’s thumbnail only shrinks', () => {
  assert.deepEqual(thumbnailSize(size(100, 50), size(200, 200)), size(100, 50))
  assert.deepEqual(thumbnailSize(size(300, 400), size(200, 200)), size(150, 200))
})
