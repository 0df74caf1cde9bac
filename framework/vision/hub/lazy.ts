/**
 * The same functions, with their code loaded at the first call: `spaces/vision` is on the way to a server's first
 * answer, and most spaces bring their model along.
 */

import type * as Hub from './index.ts'

const load = () => import('./index.ts')

export const resolveModel: typeof Hub.resolveModel = async (...given) => (await load()).resolveModel(...given)
export const fetchModel: typeof Hub.fetchModel = async (...given) => (await load()).fetchModel(...given)
export const listModels: typeof Hub.listModels = async (...given) => (await load()).listModels(...given)
export const modelInfo: typeof Hub.modelInfo = async (...given) => (await load()).modelInfo(...given)
export const removeModel: typeof Hub.removeModel = async (...given) => (await load()).removeModel(...given)
export const pruneModel: typeof Hub.pruneModel = async (...given) => (await load()).pruneModel(...given)
export const pushToHub: typeof Hub.pushToHub = async (...given) => (await load()).pushToHub(...given)
