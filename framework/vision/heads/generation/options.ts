/** What a call may say about the text that is generated: transformers' `GenerationConfig`, in its spelling. */

/** What a call may say, in Hugging Face's spelling; each overrides the model's own setting. */
export interface GenerationOptions {
  /** Most tokens after the prompt. Default: the model's `max_length` where it has one, else 256. */
  max_new_tokens?: number
  /** Most tokens altogether, start token and prompt included. */
  max_length?: number
  min_length?: number
  min_new_tokens?: number
  /** 1 is greedy search. */
  num_beams?: number
  num_return_sequences?: number
  /** Exponent of the length that a beam's score is divided by: above 0 favours long texts. Default 1. */
  length_penalty?: number
  /** `true` stops at `num_beams` finished texts, `false` when a better one is unlikely, `'never'` when it is impossible. */
  early_stopping?: boolean | 'never'
  repetition_penalty?: number
  no_repeat_ngram_size?: number
  /** The same two for the words that a model is given beside the picture; a picture alone has none. */
  encoder_repetition_penalty?: number
  encoder_no_repeat_ngram_size?: number
  bad_words_ids?: readonly (readonly number[])[]
  /** Added to the score of the last token of each sequence whose other tokens have just come: `[[ids, bias], …]`. */
  sequence_bias?: readonly (readonly [ids: readonly number[], bias: number])[]
  suppress_tokens?: readonly number[]
  begin_suppress_tokens?: readonly number[]
  forced_bos_token_id?: number
  forced_eos_token_id?: number | readonly number[]
  eos_token_id?: number | readonly number[]
  decoder_start_token_id?: number
  /** `[start, factor]`: after so many new tokens the end becomes likelier by `factor` with each one. */
  exponential_decay_length_penalty?: readonly [start: number, factor: number]
  renormalize_logits?: boolean
  remove_invalid_values?: boolean
  /** The text ends where one of these is written; it is part of it. */
  stop_strings?: string | readonly string[]
  /** Seconds, after which the text ends where it is. */
  max_time?: number
  /** Draws from the distribution in place of taking the best. */
  do_sample?: boolean
  temperature?: number
  /** Among how many tokens is drawn, 0 for all. Default 50. */
  top_k?: number
  top_p?: number
  min_p?: number
  typical_p?: number
  epsilon_cutoff?: number
  eta_cutoff?: number
  /** For `do_sample`: the text that `torch.manual_seed` gives in Python. Without one, every call differs. */
  seed?: number
  /** Tokens that the text begins with, in place of the model's own start. */
  decoder_input_ids?: readonly number[] | readonly [readonly number[]]
}
