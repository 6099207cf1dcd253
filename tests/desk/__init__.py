"""The context `desk`: the policy library, the questionnaire, drafts, standards and cases."""
