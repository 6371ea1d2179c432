import { err, ok, type Result, type TacitError } from '../../base/index.ts';

/** The part of navigator.mediaDevices that is used. */
export type Devices = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'>;

export interface CameraChoice {
  readonly id: string;
  /** Empty until the browser tells it. */
  readonly label: string;
}

export interface OpenCamera {
  readonly stream: MediaStream;
  readonly id: string | undefined;
  readonly choices: readonly CameraChoice[];
}

/** What a browser throws when it gives no camera (Media Capture and Streams, section 10.2). */
function refusalOf(cause: unknown): TacitError['code'] {
  switch (cause instanceof Error || cause instanceof DOMException ? cause.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'camera/denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'camera/none';
    case 'NotReadableError':
    case 'AbortError':
      return 'camera/busy';
    default:
      return 'camera/unsupported';
  }
}

let owner: MediaStream | undefined;

/** Ends every track: the light beside the lens goes out. */
export function stopCamera(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
  if (owner === stream) owner = undefined;
}

/**
 * The camera that looks at the person, or the one called `id`; whoever had a stream loses it. Video alone. Errors: camera/denied,
 * camera/none, camera/busy, camera/unsupported.
 */
export async function openCamera(devices: Devices | undefined, id?: string): Promise<Result<OpenCamera>> {
  if (devices?.getUserMedia === undefined) return err('camera/unsupported');
  stopCamera(owner);
  try {
    const which: MediaTrackConstraints = id === undefined ? { facingMode: 'user' } : { deviceId: { exact: id } };
    const stream = await devices.getUserMedia({ audio: false, video: { ...which, width: { ideal: 1280 }, height: { ideal: 720 } } });
    stopCamera(owner); // two may have asked at once
    owner = stream;
    const all = await devices.enumerateDevices().catch(() => []);
    const choices = all.filter(({ kind }) => kind === 'videoinput').map(({ deviceId, label }) => ({ id: deviceId, label }));
    return ok({ stream, id: stream.getVideoTracks()[0]?.getSettings().deviceId, choices });
  } catch (cause) {
    return err(refusalOf(cause));
  }
}
