import type { ButtonHTMLAttributes, ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon, type IconName } from './Icon.tsx';

export type ButtonKind = 'main' | 'plain' | 'quiet' | 'danger' | 'seal';

interface Look {
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  readonly iconAfter?: IconName;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

const classOf = ({ kind = 'plain', wide = false }: Look): string => `button button-${kind}${wide ? ' button-wide' : ''}`;

const Inside = ({ icon, iconAfter, children }: Look): ReactElement => (
  <>
    {icon !== undefined && <Icon name={icon} />}
    <span>{children}</span>
    {iconAfter !== undefined && <Icon name={iconAfter} />}
  </>
);

type ButtonProps = Look & Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className' | 'children'> & { readonly busy?: boolean };

/** A busy button keeps its place and its name, and ignores presses; it stays focusable so that focus is not lost. */
export function Button({
  kind,
  icon,
  iconAfter,
  wide,
  busy = false,
  children,
  onClick,
  type = 'button',
  ...rest
}: ButtonProps): ReactElement {
  const look: Look = { ...(kind && { kind }), ...(icon && { icon }), ...(iconAfter && { iconAfter }), ...(wide && { wide }), children };
  return (
    <button
      {...rest}
      type={type}
      className={classOf(look)}
      aria-busy={busy || undefined}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
    >
      <Inside {...look} />
    </button>
  );
}

/** A link inside the app that looks like a button. */
export const ButtonLink = ({ href, ...look }: Look & { readonly href: string }): ReactElement => (
  <Link href={href} className={classOf(look)}>
    <Inside {...look} />
  </Link>
);

/** A link out of the app. Same tab: the person goes back to where they came from. */
export const ButtonOut = ({ href, newTab = false, ...look }: Look & { readonly href: string; readonly newTab?: boolean }): ReactElement => (
  <a href={href} className={classOf(look)} {...(newTab ? { target: '_blank', rel: 'noopener' } : {})}>
    <Inside {...look} />
  </a>
);
