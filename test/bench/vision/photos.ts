/** Photos of sizes that nobody wants in a repository. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'

/** A JPEG of 12 megapixels as phones make them, out of a smaller one. */
export async function largePhoto(folder: string, from: string): Promise<string> {
  const path = join(folder, '12-megapixels.jpg')
  if (existsSync(path)) return path
  await sharp(from).resize(4000, 3000, { fit: 'cover' }).jpeg({ quality: 90 }).toFile(path)
  return path
}
