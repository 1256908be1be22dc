"""Mail about registrations: the queue, what each mail says, and how it is sent."""
