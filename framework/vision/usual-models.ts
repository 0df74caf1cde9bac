/** What a pipeline opens that is asked for by its task alone: the same repositories as Transformers.js. */

import type { TaskName } from './tasks.ts'

export const USUAL_MODELS: { readonly [T in TaskName]?: string } = {
  'background-removal': 'Xenova/modnet',
  'depth-estimation': 'onnx-community/depth-anything-v2-small',
  'document-question-answering': 'Xenova/donut-base-finetuned-docvqa',
  'image-classification': 'Xenova/vit-base-patch16-224',
  'image-feature-extraction': 'onnx-community/dinov3-vits16-pretrain-lvd1689m-ONNX',
  'image-segmentation': 'Xenova/detr-resnet-50-panoptic',
  'image-to-image': 'Xenova/swin2SR-classical-sr-x2-64',
  'image-to-text': 'Xenova/vit-gpt2-image-captioning',
  'object-detection': 'Xenova/detr-resnet-50',
  'zero-shot-image-classification': 'Xenova/clip-vit-base-patch32',
  'zero-shot-object-detection': 'Xenova/owlvit-base-patch32',
}
