import type { ReactElement, ReactNode } from 'react';
import { Icon } from './Icon.tsx';

export const Disclosure = ({ summary, children }: { readonly summary: ReactNode; readonly children: ReactNode }): ReactElement => (
  <details className="disclosure">
    <summary>
      <Icon name="next" />
      <span>{summary}</span>
    </summary>
    <div className="disclosure-body">{children}</div>
  </details>
);
