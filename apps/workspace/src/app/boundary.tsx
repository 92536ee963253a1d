/** Holds the failure of a view, so that the rest goes on. */
import { Component, type ReactNode } from 'react';
import { FRAME } from '../copy/workspace.ts';
import { Button } from '../ui/button.tsx';
import { Mark } from '../ui/icon.tsx';
import { codeOf, detailsOf } from './failure.ts';

interface BoundaryProps {
  /** Changing it opens the view again. */
  readonly of: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly failure?: unknown;
  readonly failed: boolean;
}

/** A view that may fail alone. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: false };

  static getDerivedStateFromError(failure: unknown): BoundaryState {
    return { failure, failed: true };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.of !== this.props.of && this.state.failed) this.setState({ failed: false });
  }

  override render(): ReactNode {
    const { failed, failure } = this.state;
    if (!failed) return this.props.children;
    return (
      <div className="blank" role="alert">
        <div>
          <Mark size={48} />
          <h2>{FRAME.crashTitle}</h2>
          <p>
            {FRAME.crashMeans} <span className="meta">{codeOf(failure)}</span>
          </p>
          <div className="line">
            <Button kind="primary" onClick={() => this.setState({ failed: false })}>
              {FRAME.openAgain}
            </Button>
            <Button onClick={() => void navigator.clipboard.writeText(detailsOf(failure))}>
              {FRAME.copyDetails}
            </Button>
          </div>
        </div>
      </div>
    );
  }
}
