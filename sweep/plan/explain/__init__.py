"""Explanations: reasons and costs of served and unserved visits, and marginal values of resources."""
