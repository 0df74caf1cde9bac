import { useEffect, useRef, useState } from 'preact/hooks'
import { Dialog } from './dialog.tsx'
import { IconButton } from './icon-button.tsx'
import { clear } from './icons.ts'

interface Props {
  onPicture(file: File): void
  onClose(): void
}

/**
 * Takes one picture with a camera of the visitor's choice, on a phone first with the one at its back. The preview of any
 * other is mirrored, as in a mirror; the picture is not.
 */
export default function CameraDialog({ onPicture, onClose }: Props) {
  const video = useRef<HTMLVideoElement>(null)
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([])
  const [device, setDevice] = useState('')
  const [ready, setReady] = useState(false)
  const [mirrored, setMirrored] = useState(true)
  const [problem, setProblem] = useState<string | null>(null)

  useEffect(() => {
    let stream: MediaStream | null = null
    let closed = false
    setReady(false)
    setProblem(null)
    openCamera(device).then(
      async (opened) => {
        stream = opened
        if (closed || !video.current) return stop(opened)
        video.current.srcObject = opened
        setMirrored(opened.getVideoTracks()[0]?.getSettings().facingMode !== 'environment')
        // Names and ids of the devices are given only after the visitor has allowed one.
        setDevices((await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === 'videoinput'))
      },
      (error: unknown) => !closed && setProblem(sentenceOf(error)),
    )
    return () => {
      closed = true
      if (stream) stop(stream)
    }
  }, [device])

  const take = async () => {
    const file = video.current && (await snapshot(video.current))
    if (!file) return setProblem('The camera gave no picture. Try again.')
    onPicture(file)
    onClose()
  }

  return (
    <Dialog label="Camera" class="camera" onClose={onClose}>
      <div class="camera-top">
        <b>Camera</b>
        <IconButton icon={clear} label="Close" onClick={onClose} />
      </div>
      {problem ? (
        <p role="alert">{problem}</p>
      ) : (
        <video
          ref={video}
          class={mirrored ? 'mirrored' : ''}
          autoPlay
          playsInline
          muted
          onLoadedData={() => setReady(true)}
        />
      )}
      <div class="camera-end">
        {devices.length > 1 && (
          <select
            class="input"
            aria-label="Device"
            value={device}
            onChange={(event) => setDevice(event.currentTarget.value)}
          >
            <option value="">Any camera</option>
            {devices.map(({ deviceId, label }, index) => (
              <option key={deviceId} value={deviceId}>
                {label || `Camera ${index + 1}`}
              </option>
            ))}
          </select>
        )}
        <button type="button" class="shutter" disabled={!ready || problem !== null} onClick={take}>
          Take the picture
        </button>
      </div>
    </Dialog>
  )
}

async function openCamera(deviceId: string): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw new Error('insecure')
  const size = { width: { ideal: 1920 }, height: { ideal: 1440 } }
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: { ideal: 'environment' } }
  return navigator.mediaDevices.getUserMedia({ video: { ...size, ...which } })
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function snapshot(video: HTMLVideoElement): Promise<File | null> {
  const canvas = document.createElement('canvas')
  canvas.width = video.videoWidth
  canvas.height = video.videoHeight
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(blob && new File([blob], 'camera.jpg', { type: blob.type })), 'image/jpeg', 0.92)
  })
}

function sentenceOf(error: unknown): string {
  const { name, message } = error as Error
  if (message === 'insecure')
    return 'Browsers give the camera only to pages that come over HTTPS, or from this computer.'
  if (name === 'NotAllowedError')
    return 'The browser did not allow the camera. Allow it in the address bar and try again.'
  if (name === 'NotFoundError') return 'No camera was found. Connect one, or choose a file.'
  return `The camera cannot be opened: ${message}`
}
