/** The quantile function of the beta distribution with both parameters 0.6, which is what noise levels are spread by. */

const SHAPE = 0.6
/** Γ(0.6)² / Γ(1.2) */
const COMPLETE = 2.4153442080024723

/**
 * The value below which a share of the distribution lies: the distribution function below ½, a power series, turned round
 * by Newton's method in the logarithm.
 * @param share - 0..1
 */
export function betaQuantile(share: number): number {
  if (share > 0.5) return 1 - betaQuantile(1 - share)
  if (share <= 0) return 0
  let value = Math.min(0.5, (share * COMPLETE * SHAPE) ** (1 / SHAPE))
  for (let turn = 0; turn < 50; turn++) {
    const slope = (value * (1 - value)) ** (SHAPE - 1) / COMPLETE
    const next = value * Math.exp((share - distribution(value)) / (slope * value))
    if (Math.abs(next - value) <= 1e-16 * value) return next
    value = next
  }
  return value
}

/** x^a (1/a + Σ (1-b)(2-b)…(n-b) / n! · xⁿ / (a+n)) / B(a, b), for x up to ½. */
function distribution(x: number): number {
  let product = 1
  let sum = 1 / SHAPE
  for (let n = 1; n < 200; n++) {
    product *= ((n - SHAPE) / n) * x
    const term = product / (SHAPE + n)
    sum += term
    if (term < sum * 1e-17) break
  }
  return (x ** SHAPE * sum) / COMPLETE
}
