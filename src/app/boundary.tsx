/** A part of the page that fails says so in its place; the rest lives. */
import { Component, type ReactNode } from 'react';

export interface BoundaryProps {
  /** What stands here: `the lanes`. */
  readonly name: string;
  /** When this changes the part is tried again. */
  readonly retry: unknown;
  readonly children: ReactNode;
}
interface BoundaryState {
  readonly error: string | null;
  readonly retry: unknown;
}

export class Boundary extends Component<BoundaryProps, BoundaryState> {
  constructor(props: BoundaryProps) {
    super(props);
    this.state = { error: null, retry: props.retry };
  }
  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error: error instanceof Error ? error.message : String(error) };
  }
  static getDerivedStateFromProps(props: BoundaryProps, state: BoundaryState): Partial<BoundaryState> | null {
    return props.retry === state.retry ? null : { error: null, retry: props.retry };
  }
  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div className="broken" role="alert">
        <p><b>{this.props.name} cannot be shown.</b> {error}. The run is not lost: Share still gives its link.</p>
        <button type="button" className="btn" onClick={() => this.setState({ error: null })}>Try again</button>
      </div>
    );
  }
}
