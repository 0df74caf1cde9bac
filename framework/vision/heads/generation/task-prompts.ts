/** Florence-2's tasks: a tag such as `<OD>` stands for a sentence, with what follows the tag put into it. */

import { expected } from '#core/errors.ts'

/** How a task writes places: boxes behind names, boxes alone, the four corners of a line, polygons; null for none. */
export type PlaceKind = 'boxes' | 'phrases' | 'boxes or polygons' | 'proposals' | 'corners' | 'polygons' | null

const TASKS: Readonly<Record<string, readonly [sentence: string, places: PlaceKind]>> = {
  '<OCR>': ['What is the text in the image?', null],
  '<OCR_WITH_REGION>': ['What is the text in the image, with regions?', 'corners'],
  '<CAPTION>': ['What does the image describe?', null],
  '<DETAILED_CAPTION>': ['Describe in detail what is shown in the image.', null],
  '<MORE_DETAILED_CAPTION>': ['Describe with a paragraph what is shown in the image.', null],
  '<OD>': ['Locate the objects with category name in the image.', 'boxes'],
  '<DENSE_REGION_CAPTION>': ['Locate the objects in the image, with their descriptions.', 'boxes'],
  '<REGION_PROPOSAL>': ['Locate the region proposals in the image.', 'proposals'],
  '<CAPTION_TO_PHRASE_GROUNDING>': ['Locate the phrases in the caption: {input}', 'phrases'],
  '<REFERRING_EXPRESSION_SEGMENTATION>': ['Locate {input} in the image with mask', 'polygons'],
  '<REGION_TO_SEGMENTATION>': ['What is the polygon mask of region {input}', 'polygons'],
  '<OPEN_VOCABULARY_DETECTION>': ['Locate {input} in the image.', 'boxes or polygons'],
  '<REGION_TO_CATEGORY>': ['What is the region {input}?', null],
  '<REGION_TO_DESCRIPTION>': ['What does the region {input} describe?', null],
  '<REGION_TO_OCR>': ['What text is in the region {input}?', null],
}

/**
 * The sentence that a prompt means, and the places that its answer holds; a prompt without a tag is its own sentence.
 * @throws SpaceError `invalid-value` for words beside a tag that takes none
 */
export function readPrompt(prompt: string): { sentence: string; places: PlaceKind } {
  for (const [tag, [sentence, places]] of Object.entries(TASKS)) {
    if (!prompt.includes(tag)) continue
    const input = prompt.replaceAll(tag, '').trim()
    if (input !== '' && !sentence.includes('{input}'))
      throw expected('prompt', `${tag} alone`, prompt, 'This task takes no words of its own.')
    return { sentence: sentence.replace('{input}', () => input), places }
  }
  return { sentence: prompt, places: null }
}
