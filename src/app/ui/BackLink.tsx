import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon } from './Icon.tsx';

export const BackLink = ({ href, children }: { readonly href: string; readonly children: ReactNode }): ReactElement => (
  <Link href={href} className="back-link">
    <Icon name="back" />
    {children}
  </Link>
);
