/** Which of a repository's files to open: what the caller chose, what the repository advises, and what there is. */

import { DTYPES, type Dtype, type Json } from '../task.ts'

/** What a file name carries behind the graph's name: `model_fp16.onnx`. */
export const DTYPE_SUFFIX: Readonly<Record<Dtype, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
  q2: '_q2',
  q2f16: '_q2f16',
  q1: '_q1',
  q1f16: '_q1f16',
}

/** A dtype, or `auto` for what the repository advises, else the most exact one it has. */
export type DtypeName = Dtype | 'auto'

/** One dtype for all graphs, or one for each by its name: `{ encoder_model: 'fp32', decoder_model_merged: 'q8' }`. */
export type DtypeChoice = DtypeName | Readonly<Record<string, DtypeName>>

/**
 * Whether a graph's weights lie in files beside it, and in how many: `true` is one. One answer for all graphs, or one
 * for each by its name, `model`, or by its file, `model_q4.onnx`.
 */
export type ExternalDataFormat = boolean | number | Readonly<Record<string, boolean | number>>

/** What a repository says in `transformers.js_config` of its `config.json`. */
export interface Advice {
  readonly dtype?: DtypeChoice | undefined
  readonly externalData?: ExternalDataFormat | undefined
}

/** @param device - what the model runs on: a repository may advise something else for each. */
export function adviceOf(config: Json, device = 'cpu'): Advice {
  const general = record(config['transformers.js_config'])
  const own = record(record(general.device_config)[device])
  const { dtype, use_external_data_format } = { ...general, ...own }
  return {
    dtype: dtype as DtypeChoice | undefined,
    externalData: use_external_data_format as ExternalDataFormat | undefined,
  }
}

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

/**
 * The dtype chosen for a graph, undefined where none is.
 * @param names - what a choice may call the graph: its file without dtype and ending, its folder in diffusers' layout
 */
export function dtypeFor(choice: DtypeChoice | undefined, names: readonly string[]): Dtype | undefined {
  const named = typeof choice === 'object' && choice !== null ? pick(choice, names) : choice
  return DTYPES.find((dtype) => dtype === named)
}

/** The dtypes to look for, in order: the caller's alone, else the advised one and then all, the most exact first. */
export function candidates(chosen: Dtype | undefined, advised: Dtype | undefined): readonly Dtype[] {
  if (chosen) return [chosen]
  return advised ? [advised, ...DTYPES] : DTYPES
}

/** In how many files a graph's weights are said to lie; 0 where nothing says so. */
export function externalDataCount(format: ExternalDataFormat | undefined, base: string, file: string): number {
  const said = typeof format === 'object' && format !== null ? pick(format, [file, base]) : format
  return Number.isInteger(Number(said)) ? Math.max(0, Number(said)) : 0
}

function pick<T>(choices: Readonly<Record<string, T>>, names: readonly string[]): T | undefined {
  const name = names.find((each) => Object.hasOwn(choices, each))
  return name === undefined ? undefined : choices[name]
}
