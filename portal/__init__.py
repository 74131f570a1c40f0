"""A customer community that a company runs itself: ideas, votes, questions, answers, and the CRM in step."""
