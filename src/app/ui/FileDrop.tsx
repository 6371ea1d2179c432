import { type DragEvent, type ReactElement, type ReactNode, useRef, useState } from 'react';
import { Button } from './Button.tsx';

interface Props {
  readonly accept: string;
  readonly label: ReactNode;
  readonly hint: ReactNode;
  readonly onFile: (file: File) => void;
  readonly busy?: boolean;
}

/** Choose by button (keyboard, touch) or drop: the button is the way, dropping the shortcut. */
export function FileDrop({ accept, label, hint, onFile, busy = false }: Props): ReactElement {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined && !busy) onFile(file);
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
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
      <Button icon="file" busy={busy} onClick={() => input.current?.click()}>
        {label}
      </Button>
      <p className="quiet small">{hint}</p>
    </div>
  );
}
