import { type KeyboardEvent, type PointerEvent, type ReactElement, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button.tsx';
import { inkOf, PEN, type Point, type Raster, SIDE, type Stroke } from './digitPicture.ts';
import { useScheme } from './useScheme.ts';

interface Props {
  readonly strokes: readonly Stroke[];
  readonly photo: Raster | undefined;
  /** The 28x28 picture made of them. */
  readonly picture: Float64Array | undefined;
  readonly onStrokes: (strokes: readonly Stroke[]) => void;
  readonly onPhoto: (photo: Raster) => void;
}

const PIXELS = 560;
const PHOTO_SIDE = 112;
/** One press of an arrow key. */
const STEP = 0.05;
const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};
const inside = (value: number): number => Math.max(0.02, Math.min(0.98, value));

/** A pad for finger, pen, mouse and keyboard, with what the network sees of it beside. */
export function DrawPad({ strokes, photo, picture, onStrokes, onPhoto }: Props): ReactElement {
  const { t } = useTranslation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const drawing = useRef(false);
  const [pen, setPen] = useState<Point & { readonly down: boolean }>();
  const [unreadable, setUnreadable] = useState(false);
  const scheme = useScheme();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme gives the ink its colour
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const ink = getComputedStyle(context.canvas).color;
    context.clearRect(0, 0, PIXELS, PIXELS);
    [context.lineCap, context.lineJoin, context.lineWidth] = ['round', 'round', PEN * PIXELS];
    [context.strokeStyle, context.fillStyle] = [ink, ink];
    if (photo !== undefined) {
      const cell = PIXELS / photo.side;
      photo.ink.forEach((value, i) => {
        context.globalAlpha = value;
        if (value > 0) context.fillRect((i % photo.side) * cell, Math.floor(i / photo.side) * cell, cell, cell);
      });
      context.globalAlpha = 1;
      return;
    }
    for (const stroke of strokes) {
      context.beginPath();
      for (const { x, y } of stroke) context.lineTo(x * PIXELS, y * PIXELS);
      const [only] = stroke;
      if (stroke.length === 1 && only !== undefined) context.lineTo(only.x * PIXELS, only.y * PIXELS);
      context.stroke();
    }
    if (pen !== undefined) {
      context.lineWidth = 3;
      context.beginPath();
      context.arc(pen.x * PIXELS, pen.y * PIXELS, (PEN * PIXELS) / 2 + 3, 0, 2 * Math.PI);
      context.stroke();
    }
  }, [strokes, photo, pen, scheme]);

  const place = (event: PointerEvent<HTMLCanvasElement>): Point => {
    const box = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const add = (points: readonly Point[]): void => onStrokes([...strokes.slice(0, -1), [...(strokes.at(-1) ?? []), ...points]]);

  const onKey = (event: KeyboardEvent): void => {
    const now = pen ?? { x: 0.5, y: 0.5, down: false };
    const move = MOVES[event.key];
    if (move !== undefined) {
      const next = { ...now, x: inside(now.x + move[0]), y: inside(now.y + move[1]) };
      setPen(next);
      if (now.down) add([next]);
    } else if (event.key === ' ') {
      setPen({ ...now, down: !now.down });
      if (!now.down) onStrokes([...strokes, [{ x: now.x, y: now.y }]]);
    } else if (event.key === 'Backspace') onStrokes(strokes.slice(0, -1));
    else return;
    event.preventDefault();
  };

  const take = async (chosen: File): Promise<void> => {
    try {
      const bitmap = await createImageBitmap(chosen, { resizeQuality: 'high' });
      const sheet = new OffscreenCanvas(PHOTO_SIDE, PHOTO_SIDE).getContext('2d');
      const side = Math.min(bitmap.width, bitmap.height);
      sheet?.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, PHOTO_SIDE, PHOTO_SIDE);
      bitmap.close();
      const { data } = sheet?.getImageData(0, 0, PHOTO_SIDE, PHOTO_SIDE) ?? { data: new Uint8ClampedArray(0) };
      const channel = (i: number, c: number): number => data[4 * i + c] ?? 0;
      const grey = Float64Array.from({ length: PHOTO_SIDE ** 2 }, (_, i) => {
        const opaque = channel(i, 3) / 255;
        return opaque * (0.299 * channel(i, 0) + 0.587 * channel(i, 1) + 0.114 * channel(i, 2)) + 255 * (1 - opaque);
      });
      setUnreadable(false);
      onPhoto(inkOf(grey, PHOTO_SIDE));
    } catch {
      setUnreadable(true);
    }
  };

  return (
    <>
      <div className="pad">
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: the pad handles its own keys, which is what this role says */}
        <canvas
          ref={canvas}
          className="pad-paper"
          width={PIXELS}
          height={PIXELS}
          tabIndex={0}
          role="application"
          aria-label={t('lab.pad')}
          aria-describedby="pad-help"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drawing.current = true;
            setPen(undefined);
            onStrokes([...strokes, [place(event)]]);
          }}
          onPointerMove={(event) => drawing.current && add([place(event)])}
          onPointerUp={() => {
            drawing.current = false;
          }}
          onPointerCancel={() => {
            drawing.current = false;
          }}
          onKeyDown={onKey}
        />
        <figure className="pad-seen">
          <Seen picture={picture} />
          <figcaption className="quiet small">{t('lab.asSeen')}</figcaption>
        </figure>
      </div>
      <div className="row">
        <Button icon="back" disabled={strokes.length === 0} onClick={() => onStrokes(strokes.slice(0, -1))}>
          {t('lab.undo')}
        </Button>
        <Button icon="trash" disabled={picture === undefined} onClick={() => onStrokes([])}>
          {t('lab.clear')}
        </Button>
        <Button icon="file" onClick={() => file.current?.click()}>
          {t('lab.fromFile')}
        </Button>
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          onChange={(event) => {
            const chosen = event.target.files?.[0];
            event.target.value = '';
            if (chosen !== undefined) void take(chosen);
          }}
        />
      </div>
      <p className="field-error" role="alert">
        {unreadable && t('lab.fileUnreadable')}
      </p>
      <p className="quiet small" id="pad-help">
        {t('lab.padHelp')}
      </p>
      <p className="hidden-visually" role="status">
        {pen === undefined ? '' : pen.down ? t('lab.penDown') : t('lab.penUp')}
      </p>
    </>
  );
}

/** The 28x28 picture, one square a pixel. */
function Seen({ picture }: { readonly picture: Float64Array | undefined }): ReactElement {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scheme = useScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme gives the ink its colour
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    context.fillStyle = getComputedStyle(context.canvas).color;
    context.clearRect(0, 0, SIDE, SIDE);
    picture?.forEach((value, i) => {
      context.globalAlpha = value;
      context.fillRect(i % SIDE, Math.floor(i / SIDE), 1, 1);
    });
  }, [picture, scheme]);
  return <canvas ref={canvas} className="pad-pixels" width={SIDE} height={SIDE} />;
}
