"""Reports from answers: the figures of a text and their origins, a dashboard, a paper of one page."""
