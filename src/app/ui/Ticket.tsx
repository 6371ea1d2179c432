import type { ReactElement, ReactNode } from 'react';

interface Props {
  readonly stays: ReactNode;
  readonly leaves: ReactNode;
  readonly staysTitle: ReactNode;
  readonly leavesTitle: ReactNode;
}

/** A form with a tear-off stub: the large part stays with the person, only the stub is handed over. */
export const Ticket = ({ stays, leaves, staysTitle, leavesTitle }: Props): ReactElement => (
  <div className="ticket">
    <section className="ticket-part ticket-stays">
      <h2 className="ticket-title">{staysTitle}</h2>
      {stays}
    </section>
    <section className="ticket-part ticket-leaves">
      <h2 className="ticket-title">{leavesTitle}</h2>
      {leaves}
    </section>
  </div>
);
