/** The side of the answer: where the run stands, and the outputs, a place in the queue or an error in their stead. */

import { useSignal, useSignalEffect } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { ErrorCard } from './error-card.tsx'
import { OutputField } from './field.tsx'
import { duration, estimate, isBusy, ordinal, type RunState } from './run-state.ts'
import type { Store } from './store.ts'
import { isVisible } from './views.ts'

export function OutputPanel({ store }: { store: Store }) {
  const run = store.run.value
  const outputs = store.manifest.value.outputs.filter(isVisible)
  const alone = outputs.length === 1
  const title = alone && outputs[0] ? outputs[0].label : 'Result'
  const busy = isBusy(run)
  const shown = run.at !== 'queued' && run.at !== 'failed'
  const body = useRef<HTMLDivElement>(null)
  const height = useRef(0)
  useLayoutEffect(() => {
    if (shown && !busy) height.current = body.current?.offsetHeight ?? 0
  })
  return (
    <section class="panel out" id="outputs" aria-label={title} aria-busy={busy}>
      <ProgressLine run={run} />
      <header>
        <h2>{title}</h2>
        {run.at === 'running' && run.note && <span class="note">{run.note}</span>}
        <Status run={run} />
      </header>
      {/* While it waits and works it keeps the place that the last result took, so that nothing moves twice. */}
      <div class="body" ref={body} style={busy ? { minHeight: `${height.current}px` } : undefined}>
        {run.at === 'queued' && <Place {...run} />}
        {run.at === 'failed' && <ErrorCard error={run.error} />}
        <div class="outputs" hidden={!shown}>
          {outputs.map((field) => (
            <OutputField key={`${field.name} ${field.kind}`} store={store} field={field} alone={alone} />
          ))}
        </div>
      </div>
    </section>
  )
}

function ProgressLine({ run }: { run: RunState }) {
  if (run.at !== 'running') return null
  const known = run.fraction !== null
  return (
    <div
      class={known ? 'progress' : 'progress unknown'}
      role="progressbar"
      aria-label={run.note || 'Running'}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.round((run.fraction ?? 0) * 100) : undefined}
    >
      <i style={known ? { width: `${(run.fraction ?? 0) * 100}%` } : undefined} />
    </div>
  )
}

function Status({ run }: { run: RunState }) {
  if (run.at === 'idle') return null
  return (
    <span class={`status ${run.at}`}>
      {run.at === 'uploading' && 'Uploading'}
      {run.at === 'queued' && 'Waiting'}
      {run.at === 'running' && <Elapsed since={run.since} />}
      {run.at === 'done' && `Done in ${duration(run.elapsedMs)}`}
      {run.at === 'failed' && 'Failed'}
      {run.at === 'cancelled' && 'Cancelled'}
    </span>
  )
}

const TICK_MS = 100

function Elapsed({ since }: { since: number }) {
  const now = useSignal(since)
  useSignalEffect(() => {
    const ticking = setInterval(() => {
      now.value = performance.now()
    }, TICK_MS)
    return () => clearInterval(ticking)
  })
  const elapsed = Math.max(0, now.value - since)
  return <>{elapsed < 500 ? 'Running' : `Running · ${duration(Math.floor(elapsed / 100) * 100)}`}</>
}

function Place({ position, etaMs }: { position: number; etaMs: number | null }) {
  return (
    <div class="queue">
      <span class="soft">Your place</span>
      <b class="num">{ordinal(position)}</b>
      <span class="soft num">{etaMs === null ? 'Others are being served' : estimate(etaMs)}</span>
    </div>
  )
}
