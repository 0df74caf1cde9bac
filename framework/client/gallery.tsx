/** Wakes up the index page of a gallery. */

import { hydrate } from 'preact'
import { type GalleryData, GalleryPage } from './gallery-page.tsx'

const data = JSON.parse(document.getElementById('data')?.textContent ?? '') as GalleryData
const app = document.getElementById('app')
if (app) hydrate(<GalleryPage data={data} />, app)
