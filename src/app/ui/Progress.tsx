import { type ReactElement, type ReactNode, useId } from 'react';

interface Props {
  readonly label: ReactNode;
  /** 0 to 1; undefined while it cannot be known. */
  readonly fraction: number | undefined;
  /** Beside the label: time left, bytes. */
  readonly detail?: ReactNode;
}

export function Progress({ label, fraction, detail }: Props): ReactElement {
  const id = useId();
  return (
    <div className="progress">
      <div className="progress-line">
        <span id={id}>{label}</span>
        <span className="quiet figures">{detail}</span>
      </div>
      <progress aria-labelledby={id} max={1} {...(fraction === undefined ? {} : { value: fraction })} />
    </div>
  );
}
