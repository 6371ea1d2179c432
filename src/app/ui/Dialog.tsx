import { type ReactElement, type ReactNode, useEffect, useId, useRef } from 'react';

interface Props {
  readonly open: boolean;
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Buttons; the safe one first, so that focus lands on it. */
  readonly actions: ReactNode;
}

/** The platform's modal dialog: it keeps focus inside, closes on Escape, and gives focus back. */
export function Dialog({ open, title, onClose, children, actions }: Props): ReactElement {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return (
    <dialog ref={ref} className="dialog" aria-labelledby={id} onClose={onClose} onCancel={onClose}>
      {open && (
        <div className="stack">
          <h2 id={id}>{title}</h2>
          {children}
          <div className="row dialog-actions">{actions}</div>
        </div>
      )}
    </dialog>
  );
}
