"""What if: claims under a draft of the policy, beside the policy in force."""
