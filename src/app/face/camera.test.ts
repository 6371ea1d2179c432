import { describe, expect, it } from 'vitest';
import { type Devices, openCamera, stopCamera } from './camera.ts';

class FakeTrack {
  live = true;
  getSettings = () => ({ deviceId: 'front' });
  stop(): void {
    this.live = false;
  }
}
const streamOf = (track: FakeTrack): MediaStream => ({ getTracks: () => [track], getVideoTracks: () => [track] }) as unknown as MediaStream;
const devices = (give: (asked: MediaStreamConstraints) => FakeTrack): Devices => ({
  getUserMedia: async (asked = {}) => streamOf(give(asked)),
  enumerateDevices: async () =>
    [
      { kind: 'videoinput', deviceId: 'front', label: 'Front' },
      { kind: 'audioinput', deviceId: 'mic', label: 'Microphone' },
      { kind: 'videoinput', deviceId: 'back', label: '' },
    ] as MediaDeviceInfo[],
});
const refusing = (name: string): Devices =>
  devices(() => {
    throw new DOMException('no', name);
  });

describe('the camera', () => {
  it('is the one that looks at the person, without sound; only cameras are offered', async () => {
    const asked: MediaStreamConstraints[] = [];
    const give = devices((constraints) => {
      asked.push(constraints);
      return new FakeTrack();
    });
    const opened = await openCamera(give);
    expect(opened).toMatchObject({
      ok: true,
      value: {
        id: 'front',
        choices: [
          { id: 'front', label: 'Front' },
          { id: 'back', label: '' },
        ],
      },
    }); // prettier-ignore
    expect(asked[0]).toMatchObject({ audio: false, video: { facingMode: 'user' } });
    await openCamera(give, 'back');
    expect(asked[1]).toMatchObject({ video: { deviceId: { exact: 'back' } } });
  });
  it('has one owner: whoever had it loses it', async () => {
    const tracks = [new FakeTrack(), new FakeTrack()];
    let given = 0;
    const give = devices(() => tracks[given++] as FakeTrack);
    await openCamera(give);
    const second = await openCamera(give);
    expect(tracks.map(({ live }) => live)).toEqual([false, true]);
    if (second.ok) stopCamera(second.value.stream);
    expect(tracks[1]?.live).toBe(false);
  });
  it.each([
    ['NotAllowedError', 'camera/denied'],
    ['SecurityError', 'camera/denied'],
    ['NotFoundError', 'camera/none'],
    ['OverconstrainedError', 'camera/none'],
    ['NotReadableError', 'camera/busy'],
    ['AbortError', 'camera/busy'],
    ['TypeError', 'camera/unsupported'],
  ])('that is refused with %s is told as %s', async (name, code) => {
    expect(await openCamera(refusing(name))).toEqual({ ok: false, error: { code } });
  });
  it('is not there at all in an old browser or over http', async () => {
    expect(await openCamera(undefined)).toEqual({ ok: false, error: { code: 'camera/unsupported' } });
  });
});
