import type { ReactElement } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { Icon, type IconName } from '../ui/Icon.tsx';

const entries = [
  { key: 'home', href: '/', icon: 'home' },
  { key: 'wallet', href: '/wallet', icon: 'wallet' },
  { key: 'lab', href: '/lab', icon: 'lab' },
  { key: 'verify', href: '/verify', icon: 'verify' },
  { key: 'history', href: '/history', icon: 'history' },
  { key: 'settings', href: '/settings', icon: 'settings' },
] as const satisfies readonly { key: string; href: string; icon: IconName }[];

/** One list: a bar at the foot of a phone, a row in the head of a desktop. */
export function Nav(): ReactElement {
  const { t } = useTranslation();
  const [path] = useLocation();
  return (
    <nav className="nav" aria-label={t('nav.label')}>
      <ul className="nav-list">
        {entries.map(({ key, href, icon }) => {
          const here = href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);
          return (
            <li key={key}>
              <Link href={href} className="nav-link" aria-current={here ? 'page' : undefined}>
                <Icon name={icon} />
                <span>{t(`nav.${key}`)}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
