import { type DragEvent, type ReactElement, type ReactNode, useRef, useState } from 'react';
import { Button } from './Button.tsx';

type Props = {
  readonly accept: string;
  readonly label: ReactNode;
  readonly hint: ReactNode;
  readonly busy?: boolean;
  /** One file, or as many as were chosen. */
} & ({ readonly onFile: (file: File) => void } | { readonly onFiles: (files: readonly File[]) => void });

/** Choose by button (keyboard, touch) or drop: the button is the way, dropping the shortcut. */
export function FileDrop({ accept, label, hint, busy = false, ...taker }: Props): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const multiple = 'onFiles' in taker;
  const take = (files: readonly File[]): void => {
    const [first] = files;
    if (first === undefined || busy) return;
    if ('onFiles' in taker) taker.onFiles(files);
    else taker.onFile(first);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    take([...event.dataTransfer.files]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is an extra for the mouse; the button inside does the same
    <div
      className={`file-drop ${over ? 'is-over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={multiple}
        hidden
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          take(files);
        }}
      />
      <Button icon="file" busy={busy} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <p className="quiet small">{hint}</p>
    </div>
  );
}
