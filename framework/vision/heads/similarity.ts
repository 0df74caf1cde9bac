/** How alike two pictures are, by their features. */

/**
 * Cosine of the angle between two vectors, -1..1; 0 when one of them is zero.
 * @throws RangeError when they differ in length
 */
export function cosineSimilarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) {
    throw new RangeError(`cosineSimilarity: expected vectors of one length, got ${a.length} and ${b.length}.`)
  }
  let [product, squareA, squareB] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number]
    product += x * y
    squareA += x * x
    squareB += y * y
  }
  const norm = Math.sqrt(squareA * squareB)
  return norm === 0 ? 0 : product / norm
}
