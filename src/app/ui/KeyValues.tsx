import type { ReactElement, ReactNode } from 'react';

export interface Row {
  readonly key: string;
  readonly name: ReactNode;
  readonly value: ReactNode;
  readonly mono?: boolean;
}

/** `long`: the values are sentences, so on a phone each stands under its name. */
export const KeyValues = ({ rows, long = false }: { readonly rows: readonly Row[]; readonly long?: boolean }): ReactElement => (
  <dl className={`key-values ${long ? 'key-values-long' : ''}`}>
    {rows.map((row) => (
      <div key={row.key} className="key-value">
        <dt>{row.name}</dt>
        <dd className={row.mono === true ? 'mono' : undefined}>{typeof row.value === 'string' ? <bdi>{row.value}</bdi> : row.value}</dd>
      </div>
    ))}
  </dl>
);
