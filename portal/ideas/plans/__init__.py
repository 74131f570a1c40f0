"""What staff plan and note about an idea; customers see none of it but what it is meant for."""
