/** Files for tests, made here so that each says what it is. */

import sharp from 'sharp'

export const picture = (width = 64, height = 48) =>
  sharp({ create: { width, height, channels: 3, background: { r: 200, g: 120, b: 40 } } })

export const jpeg = (width?: number, height?: number) => picture(width, height).jpeg().toBuffer()
export const png = (width?: number, height?: number) => picture(width, height).png().toBuffer()

/** The head of a PNG of any size, without the pixels: 57 bytes that ask for gigabytes. */
export async function pngHeader(width: number, height: number): Promise<Buffer> {
  const bytes = Buffer.from(await png(1, 1))
  bytes.writeUInt32BE(width, 16)
  bytes.writeUInt32BE(height, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29)
  return bytes
}

/** As PNG wants it: reflected, polynomial 0xEDB88320. */
function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

export const pdf = Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n')
export const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
