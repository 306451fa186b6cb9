import type { Queryable } from '../../database/queryable';
import { OrganizationFeed } from './organization-feed';

/** The feeds to which somebody listens, one for each organization. */
export class EventFeeds {
  private readonly feeds = new Map<string, OrganizationFeed>();

  constructor(private readonly database: Queryable) {}

  of(organizationId: string): OrganizationFeed {
    for (const [id, feed] of this.feeds) if (feed.idle && id !== organizationId) this.feeds.delete(id);
    const feed = this.feeds.get(organizationId) ?? new OrganizationFeed(this.database, organizationId);
    this.feeds.set(organizationId, feed);
    return feed;
  }
}
