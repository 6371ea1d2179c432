import type { ReactElement, ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';

export type NoticeKind = 'info' | 'ok' | 'warn' | 'danger';
const icons: Readonly<Record<NoticeKind, IconName>> = { info: 'info', ok: 'check', warn: 'warning', danger: 'warning' };

interface Props {
  readonly kind?: NoticeKind;
  readonly icon?: IconName;
  readonly title?: ReactNode;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Spoken when it appears: for what follows from an action, not for what stands on the page from the start. */
  readonly live?: boolean;
}

export const Notice = ({ kind = 'info', icon, title, children, actions, live = false }: Props): ReactElement => (
  <div className={`notice notice-${kind}`} role={live ? (kind === 'danger' ? 'alert' : 'status') : undefined}>
    <Icon name={icon ?? icons[kind]} />
    <div className="notice-body">
      {title !== undefined && <p className="notice-title">{title}</p>}
      {children !== undefined && <div className="notice-text">{children}</div>}
      {actions !== undefined && <div className="row">{actions}</div>}
    </div>
  </div>
);
