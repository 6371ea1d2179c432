import type { ReactElement, ReactNode } from 'react';

export interface Row {
  readonly key: string;
  readonly name: ReactNode;
  readonly value: ReactNode;
  readonly mono?: boolean;
}

export const KeyValues = ({ rows }: { readonly rows: readonly Row[] }): ReactElement => (
  <dl className="key-values">
    {rows.map((row) => (
      <div key={row.key} className="key-value">
        <dt>{row.name}</dt>
        <dd className={row.mono === true ? 'mono' : undefined}>{row.value}</dd>
      </div>
    ))}
  </dl>
);
