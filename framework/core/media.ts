/** The values that tasks work with. Interfaces only: the side that can decode them is in `framework/vision/media`. */

/** Decoded pixels, row-major from the top left, 8 bits a channel, not premultiplied. */
export interface Pixels {
  readonly width: number
  readonly height: number
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 3 | 4
  /** `width * height * channels` bytes. */
  readonly data: Uint8Array
}

export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'avif'

/** Where to cut, in pixels of this image, origin at the top left. */
export interface Rectangle {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * A still picture, decoded only when somebody asks for its pixels. Width and height are those after the EXIF turn.
 * The transforms give a new image at once and do their work when it is read.
 */
export interface Image {
  /** Pixels, after the EXIF turn. */
  readonly width: number
  readonly height: number
  /** Media type of the bytes this image came from, e.g. `image/jpeg`; `image/png` for one made from pixels. */
  readonly mime: string
  /** File name, where there is one. */
  readonly name: string | null

  /** RGBA pixels, 4 channels. Throws `file-broken` where the bytes cannot be decoded. */
  pixels(options?: { signal?: AbortSignal }): Promise<Pixels & { channels: 4 }>
  /** RGB pixels, 3 channels; transparency is dropped, not blended, as Pillow's `convert('RGB')` does. */
  rgb(options?: { signal?: AbortSignal }): Promise<Pixels & { channels: 3 }>
  /** The bytes as they came, or encoded (PNG) where the image was made or changed here. */
  bytes(): Promise<Uint8Array>
  encode(format: ImageFormat, options?: { /** 1..100, for lossy formats. */ quality?: number }): Promise<Uint8Array>
  /** `[3, height, width]` float32, RGB, 0..1. */
  toTensor(): Promise<{ type: 'float32'; dims: [3, number, number]; data: Float32Array }>

  /** Leaves out one side to keep the aspect ratio. `fit` says what to do when both are given. Default `fill`. */
  resize(to: { width?: number; height?: number; fit?: 'fill' | 'inside' | 'cover' | 'contain' }): Image
  crop(area: Rectangle): Image
  /** Gaussian blur. @param sigma - standard deviation in pixels; 0 gives the image unchanged. */
  blur(sigma: number): Image
  grayscale(): Image
}

/** A class and how sure the model is. */
export interface Classification {
  readonly label: string
  /** 0..1 for softmax and sigmoid heads. */
  readonly score: number
}

/** One entry of a gallery. */
export interface GalleryItem {
  readonly image: Image
  readonly caption: string | null
}
