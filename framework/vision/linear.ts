/**
 * The solution of a system of linear equations, by Gauss's elimination without a search for pivots.
 * @param rows - of the matrix, each with its right-hand side at the end; they are used up
 */
export function solveLinear(rows: number[][]): number[] {
  const size = rows.length
  for (let pivot = 0; pivot < size; pivot++) {
    const top = rows[pivot] as number[]
    for (const row of rows) {
      if (row === top) continue
      const factor = (row[pivot] as number) / (top[pivot] as number)
      for (let i = pivot; i <= size; i++) row[i] = (row[i] as number) - factor * (top[i] as number)
    }
  }
  return rows.map((row, i) => (row[size] as number) / (row[i] as number))
}
