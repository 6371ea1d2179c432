import type { ReactElement, ReactNode } from 'react';

export const Tag = ({ kind, children }: { readonly kind?: 'ok' | 'warn' | 'danger'; readonly children: ReactNode }): ReactElement => (
  <span className={`tag ${kind === undefined ? '' : `tag-${kind}`}`}>{children}</span>
);
